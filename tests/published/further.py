"""Further forms of the same families, losses with kinks among them."""

from published.forms import Form

LONG = "A. van den Oord et al., Conditional Image Generation with PixelCNN Decoders, 2016"
NGUYEN = "T. Q. Nguyen and J. Salazar, Transformers without Tears, 2019"
CARANDINI = "M. Carandini and D. J. Heeger, Normalization as a canonical neural computation, 2012"
QIAO = "S. Qiao et al., Weight Standardization, 2019"
LUONG = "M.-T. Luong, H. Pham and C. D. Manning, Effective Approaches to Attention-based Machine Translation, 2015"
RAMAPURAM = "J. Ramapuram et al., Theory, Analysis and Best Practices for Sigmoid Self-Attention, 2024"
HUA = "W. Hua et al., Transformer Quality in Linear Time, 2022"
SUN = "Y. Sun et al., Retentive Network, 2023"
SCHLAG = "I. Schlag, K. Irie and J. Schmidhuber, Linear Transformers Are Secretly Fast Weight Programmers, 2021"
COLLINS = "J. Collins, J. Sohl-Dickstein and D. Sussillo, Capacity and Trainability in Recurrent Networks, 2017"
GREFF = "K. Greff et al., LSTM: A Search Space Odyssey, 2017"
JAEGER = "H. Jaeger et al., Optimization and applications of echo state networks with leaky-integrator neurons, 2007"
ZHANG = "Z. Zhang and M. R. Sabuncu, Generalized Cross Entropy Loss, 2018, section 3"
MILLETARI = "F. Milletari, N. Navab and S.-A. Ahmadi, V-Net, 2016, section 3"
RAHMAN = "M. A. Rahman and Y. Wang, Optimizing Intersection-Over-Union in Deep Neural Networks, 2016"
HINTON = "G. Hinton, O. Vinyals and J. Dean, Distilling the Knowledge in a Neural Network, 2015, section 2"
MENON = "A. K. Menon et al., Long-tail learning via logit adjustment, 2021"
WANG = "H. Wang et al., CosFace, 2018"
HUBER = "P. J. Huber, Robust Estimation of a Location Parameter, 1964"
KOENKER = "R. Koenker and G. Bassett, Regression Quantiles, 1978"
VAPNIK = "V. Vapnik, The Nature of Statistical Learning Theory, 1995"
HE = "K. He et al., Delving Deep into Rectifiers, 2015, section 2.1"
GREGOR = "K. Gregor and Y. LeCun, Learning Fast Approximations of Sparse Coding, 2010"
FIAT = "J. Fiat, E. Malach and S. Shalev-Shwartz, Decoupling Gating from Linearity, 2019"
HOWARD = "A. G. Howard et al., MobileNets, 2017"
BURGES = "C. Burges et al., Learning to Rank using Gradient Descent, 2005"
HERBRICH = "R. Herbrich, T. Graepel and K. Obermayer, Large margin rank boundaries for ordinal regression, 2000"
WESTON = "J. Weston and C. Watkins, 1999"
MINKA = "T. Minka, Estimating a Dirichlet distribution, 2000"
GRIFFITHS = "D. A. Griffiths, Maximum likelihood estimation for the beta-binomial distribution, 1973"
COX = "D. R. Cox, Regression Models and Life-Tables, 1972"
LANGE = "K. L. Lange, R. J. A. Little and J. M. G. Taylor, 1989"
BISHOP = "C. M. Bishop, Pattern Recognition and Machine Learning, 2006"
LAWLESS = "J. F. Lawless, Statistical Models and Methods for Lifetime Data, 2003"
PETERSEN = "K. B. Petersen and M. S. Pedersen, The Matrix Cookbook, 2012"
WEINBERGER = "K. Q. Weinberger and L. K. Saul, Distance Metric Learning for Large Margin Nearest Neighbor, 2009"
BORDES = "A. Bordes et al., Translating Embeddings for Modeling Multi-relational Data, 2013"
YANG = "B. Yang et al., Embedding Entities and Relations, 2015"
OLSHAUSEN = "B. A. Olshausen and D. J. Field, Emergence of simple-cell receptive field properties, 1996"
JOHNSON = "C. C. Johnson, Logistic Matrix Factorization for Implicit Feedback Data, 2014"
HADSELL = "J. Bromley et al., Signature Verification using a Siamese Time Delay Neural Network, 1993"

COLUMN = "X: m × n, y: m × 1, w: n × 1"
SCORES = "Z: m × k, Y: m × k"
ATTENDING = "Q: m × d, K: n × d, V: n × d, G: m × d"
ENTRY = "Z: m × k, G: m × k"


def _residual(name: str, source: str, loss: str, published: str, targets: str = "") -> Form:
    return Form(
        name, source, shapes=COLUMN, inputs="X", targets=f"y {targets}", parameters="w",
        equations=f"r = y - X @ w\n{loss}", published=published,
    )  # fmt: skip


def _scores(name: str, source: str, equations: str, published: str, extra: str = "", facts: str = "") -> Form:
    return Form(
        name, source, shapes=SCORES, inputs="Z", targets=f"Y {extra}", facts=facts,
        equations=equations, published=published,
    )  # fmt: skip


def _entrywise(name: str, source: str, equations: str, published: str, parameters: str = "") -> Form:
    return Form(
        name, source, shapes=ENTRY, inputs="Z", parameters=parameters, outputs="Y: G",
        equations=equations, published=published,
    )  # fmt: skip


def _likelihood(name: str, source: str, given: str, parameters: str, equations: str, published: str) -> Form:
    return Form(
        name, source, inputs=given, parameters=parameters, equations=equations, published=published,
    )  # fmt: skip


FORMS = (
    _residual("Huber regression", HUBER, "E = total(where(abs(r) <= c, r**2/2, c*(abs(r) - c/2)))",
              "w: -X.T @ where(abs(r) <= c, r, c*sign(r))", "c"),
    _residual("quantile regression", KOENKER, "E = total(q*relu(r) + (1 - q)*relu(-r))",
              "w: X.T @ (1 - q - step(r))", "q"),
    _residual("insensitive absolute deviations", VAPNIK, "E = total(relu(abs(r) - e))",
              "w: -X.T @ (sign(r)*step(abs(r) - e))", "e"),
    _residual("insensitive squares", VAPNIK, "h = relu(abs(r) - e)\nE = total(h**2)/2",
              "w: -X.T @ (h*sign(r))", "e"),
    _residual("squares of one side", KOENKER, "h = relu(r)\nE = total(h**2)/2", "w: -X.T @ h"),
    _residual("expectiles", "W. K. Newey and J. L. Powell, Asymmetric Least Squares, 1987",
              "E = total(q*relu(r)**2 + (1 - q)*relu(-r)**2)",
              "w: 2*(X.T @ ((1 - q)*relu(-r) - q*relu(r)))", "q"),
    _entrywise("PReLU", HE, "Y = relu(Z) - a*relu(-Z)",
               "Z: G*(step(Z) + a*step(-Z))\na: -total(G*relu(-Z))", "a"),
    _entrywise("soft threshold", GREGOR, "Y = sign(Z)*relu(abs(Z) - l)",
               "I = G*step(abs(Z) - l)\nZ: I\nl: -total(I*sign(Z))", "l"),
    _entrywise("ReLU6 by two", HOWARD, "Y = relu(Z) - relu(Z - 6)", "Z: G*(step(Z) - step(Z - 6))"),
    _entrywise("squared ReLU of a difference", HOWARD, "U = relu(Z - b)\nY = U**2",
               "R = 2*G*U\nZ: R\nb: -total(R)", "b"),
    _entrywise("absolute value by two", HE, "Y = relu(Z) + relu(-Z)", "Z: G*sign(Z)"),
    _entrywise("identity by two", HE, "Y = relu(Z) - relu(-Z)", "Z: G"),
    Form("squares behind a gate", FIAT, shapes="A: m × k, Z: m × k, T: m × k", inputs="Z T", parameters="A",
         equations="E = total((A*step(Z))**2)/2 - total(A*step(Z)*T)", published="A: step(Z)*(A - T)"),
    _scores("multi-class squared hinge", WESTON, "s = rowsum(Y*Z)\nH = relu(1 + Z - s)\nE = total((1 - Y)*H**2)/m",
            "I = 2*(1 - Y)*H/m\nZ: I - Y*rowsum(I)"),
    Form("ranking by a hinge", HERBRICH, inputs="a b", equations="h = relu(1 - a + b)\nE = h**2/2",
         published="a: -h\nb: h"),
    Form("ranking by a logistic", BURGES, inputs="a b", equations="p = sigmoid(a - b)\nE = -log(p)",
         published="r = p - 1\na: r\nb: -r"),
    Form(
        "largest margin with two kinks", WEINBERGER,
        shapes="x: n × 1, y: n × 1, z: n × 1, L: k × n", inputs="x y z", parameters="L",
        equations="u = x - y\nv = x - z\na = L @ u\nb = L @ v\nE = total(a**2) + relu(1 + total(a**2) - total(b**2))",
        published="s = step(1 + total(a**2) - total(b**2))\nL: 2*((1 + s)*(a @ u.T) - s*(b @ v.T))",
    ),
    Form(
        "Siamese distance by the cosine", HADSELL,
        shapes="A: m × n, B: m × n", inputs="A B", targets="y",
        equations="""
            p = sqrt(rowsum(A**2))
            U = A/p
            q = sqrt(rowsum(B**2))
            V = B/q
            c = rowsum(U*V)
            E = total((c - y)**2)/2
        """,
        published="r = c - y\nA: r*(V - U*c)/p\nB: r*(U - V*c)/q",
    ),
    Form(
        "scale norm", NGUYEN,
        shapes="X: m × k, G: m × k", inputs="X", targets="eps", parameters="g", outputs="Y: G",
        equations="n = sqrt(rowsum(X**2) + eps)\nH = X/n\nY = g*H",
        published="g: total(G*H)\nX: g*(G - H*rowsum(G*H))/n",
    ),
    Form(
        "divisive normalisation", CARANDINI,
        shapes="X: m × k, G: m × k", inputs="X", parameters="c", outputs="Y: G",
        equations="z = c + rowsum(X)\nY = X/z", published="a = -rowsum(G*Y)/z\nX: G/z + a\nc: total(a)",
    ),
    Form(
        "weight standardisation", QIAO,
        shapes="W: n × k, G: n × k", inputs="W", targets="eps", outputs="Y: G",
        equations="C = W - colmean(W)\ns = sqrt(colmean(C**2) + eps)\nY = C/s",
        published="W: (G - colmean(G) - Y*colmean(G*Y))/s",
    ),
    Form(
        "batch norm and ReLU", "S. Ioffe and C. Szegedy, Batch Normalization, 2015, section 3",
        shapes="X: m × k, gamma: 1 × k, beta: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="C = X - colmean(X)\ns = sqrt(colmean(C**2) + eps)\nH = C/s\nZ = gamma*H + beta\nY = relu(Z)",
        published="D = G*step(Z)\nbeta: colsum(D)\ngamma: colsum(D*H)\nX: gamma*(D - colmean(D) - H*colmean(D*H))/s",
    ),
    Form(
        "gated tanh unit", LONG,
        shapes="X: m × n, W: n × k, V: n × k, G: m × k", inputs="X", parameters="W V", outputs="Y: G",
        equations="T = tanh(X @ W)\nS = sigmoid(X @ V)\nY = T*S",
        published="W: X.T @ (G*S*(1 - T**2))\nV: X.T @ (G*T*S*(1 - S))",
    ),
    Form(
        "sigmoid attention", RAMAPURAM,
        shapes=ATTENDING, inputs="Q K V", targets="b", outputs="O: G",
        equations="P = sigmoid((Q @ K.T)/sqrt(d) + b)\nO = P @ V",
        published="D = (G @ V.T)*P*(1 - P)/sqrt(d)\nQ: D @ K\nK: D.T @ Q\nV: P.T @ G",
    ),
    Form(
        "attention by squared ReLU", HUA,
        shapes=ATTENDING, inputs="Q K V", outputs="O: G",
        equations="R = relu(Q @ K.T)\nP = R**2/n\nO = P @ V",
        published="D = 2*R*(G @ V.T)/n\nQ: D @ K\nK: D.T @ Q\nV: P.T @ G",
    ),
    Form(
        "retention", SUN,
        shapes=f"{ATTENDING}, M: m × n", inputs="Q K V M", outputs="O: G",
        equations="P = (Q @ K.T)*M\nO = P @ V",
        published="D = (G @ V.T)*M\nQ: D @ K\nK: D.T @ Q\nV: P.T @ G",
    ),
    Form(
        "multiplicative attention", LUONG,
        shapes="H: n × d, W: d × k, s: k × 1, g: d × 1", inputs="H s", parameters="W", outputs="c: g",
        equations="e = H @ W @ s\na = softmax(e, axis=0)\nc = H.T @ a",
        published="""
            u = H @ g
            d_e = a*(u - inner(a, u))
            W: H.T @ d_e @ s.T
            s: W.T @ H.T @ d_e
        """,
    ),
    Form(
        "fast weights by the delta rule", SCHLAG,
        shapes="S: d × n, k: n × 1, v: d × 1, G: d × n", inputs="S k v", parameters="b", outputs="Y: G",
        equations="r = v - S @ k\nY = S + b*(r @ k.T)",
        published="u = b*(G @ k)\nv: u\nS: G - u @ k.T\nk: b*(G.T @ r) - S.T @ u\nb: inner(r, G @ k)",
    ),
    Form(
        "update gate", COLLINS,
        shapes="h: m × k, U: k × k, V: k × k, G: m × k", inputs="h", parameters="U V", outputs="Y: G",
        equations="u = sigmoid(h @ U)\nc = tanh(h @ V)\nY = u*h + (1 - u)*c",
        published="U: h.T @ (G*(h - c)*u*(1 - u))\nV: h.T @ (G*(1 - u)*(1 - c**2))",
    ),
    Form(
        "LSTM with coupled gates", GREFF,
        shapes="f: m × k, g: m × k, o: m × k, c: m × k, G: m × k", inputs="f g o c", outputs="h: G",
        equations="n = f*c + (1 - f)*g\nt = tanh(n)\nh = o*t",
        published="d = G*o*(1 - t**2)\nf: d*(c - g)\ng: d*(1 - f)\no: G*t\nc: d*f",
    ),
    Form(
        "leaky integrator", JAEGER,
        shapes="h: m × k, X: m × n, U: k × k, W: n × k, G: m × k", inputs="h X", targets="a", parameters="U W",
        outputs="Y: G",
        equations="c = tanh(h @ U + X @ W)\nY = (1 - a)*h + a*c",
        published="D = a*G*(1 - c**2)\nU: h.T @ D\nW: X.T @ D\nh: (1 - a)*G + D @ U.T",
    ),
    _scores("generalised cross-entropy", ZHANG, "P = softmax(Z, axis=1)\ns = rowsum(Y*P)\nE = total((1 - s**q)/q)/m",
            "Z: s**(q - 1)*P*(s - Y)/m", "q"),
    _scores("distillation", HINTON, "P = softmax(Z/t, axis=1)\nE = -t**2*total(Y*log(P))/m", "Z: t*(P - Y)/m", "t",
            "rowsum(Y) = 1"),
    _scores("logit adjustment", MENON, "P = softmax(Z + b, axis=1)\nE = -total(Y*log(P))/m", "Z: (P - Y)/m", "b",
            "rowsum(Y) = 1"),
    _scores("cosine margins", WANG, "P = softmax(s*(Z - c*Y), axis=1)\nE = -total(Y*log(P))/m", "Z: s*(P - Y)/m", "s c",
            "rowsum(Y) = 1"),
    _scores("divergence from a distribution", BISHOP, "P = softmax(Z, axis=1)\nL = log(P/Y)\nE = total(P*L)/m",
            "Z: P*(L - rowsum(P*L))/m"),
    _scores("many labels", BISHOP, "P = sigmoid(Z)\nE = -total(Y*log(P) + (1 - Y)*log(1 - P))/m", "Z: (P - Y)/m"),
    Form("Dice loss", MILLETARI, shapes="p: n × 1, y: n × 1", inputs="p", targets="y",
         equations="i = total(p*y)\nu = total(p) + total(y)\nE = 1 - 2*i/u", published="p: 2*(i/u - y)/u"),
    Form("Jaccard loss", RAHMAN, shapes="p: n × 1, y: n × 1", inputs="p", targets="y",
         equations="i = total(p*y)\nu = total(p) + total(y) - i\nq = i/u\nE = 1 - q",
         published="p: (q*(1 - y) - y)/u"),
    _likelihood("beta-binomial", GRIFFITHS, "y n", "a b",
                "E = lgamma(n + a + b) - lgamma(y + a) - lgamma(n - y + b) + lgamma(a) + lgamma(b) - lgamma(a + b)",
                "c = digamma(n + a + b) - digamma(a + b)\na: c - digamma(y + a) + digamma(a)\n"
                "b: c - digamma(n - y + b) + digamma(b)"),
    Form("Dirichlet", MINKA, shapes="p: k × 1, a: k × 1", inputs="p", parameters="a",
         equations="E = total(lgamma(a)) - lgamma(total(a)) - total((a - 1)*log(p))",
         published="a: digamma(a) - digamma(total(a)) - log(p)"),
    _likelihood("Weibull, scale", LAWLESS, "y k", "l", "u = (y/l)**k\nE = k*log(l) + u", "l: k*(1 - u)/l"),
    _likelihood("log-normal", LAWLESS, "y", "mu s", "r = (log(y) - mu)/s\nE = log(s) + r**2/2",
                "mu: -r/s\ns: (1 - r**2)/s"),
    _likelihood("Gumbel", LAWLESS, "y", "mu b", "z = (y - mu)/b\nu = exp(-z)\nE = log(b) + z + u",
                "mu: (u - 1)/b\nb: (1 - z*(1 - u))/b"),
    _likelihood("von Mises", BISHOP, "y k", "mu", "E = -k*cos(y - mu)", "mu: -k*sin(y - mu)"),
    _likelihood("exponential", LAWLESS, "y", "b", "E = b*y - log(b)", "b: y - 1/b"),
    Form(
        "Student-t of vectors", LANGE,
        shapes="x: n × 1, mu: n × 1, L: n × n", inputs="x nu", parameters="mu L", facts="L = L.T",
        equations="r = x - mu\nq = quadratic(r, L)\nE = (nu + n)*log(1 + q/nu)/2 - logdet(L)/2",
        published="w = (nu + n)/(nu + q)\nmu: -w*(L @ r)\nL: (w*(r @ r.T) - inv(L))/2",
    ),
    Form(
        "mixture of Gaussians with precisions", f"{BISHOP}, section 9.2.2",
        shapes="x: m × 1, mu: 1 × k, b: 1 × k", inputs="x", parameters="mu b",
        equations="D = x - mu\nS = log(b)/2 - b*D**2/2\nR = softmax(S, axis=1)\nE = -total(logsumexp(S, axis=1))",
        published="mu: -b*colsum(R*D)\nb: (colsum(R*D**2) - colsum(R)/b)/2",
    ),
    Form(
        "proportional hazards of one event", COX,
        shapes="X: m × n, w: n × 1, x: 1 × n", inputs="X x", parameters="w",
        equations="p = softmax(X @ w, axis=0)\nE = total(logsumexp(X @ w, axis=0)) - total(x @ w)",
        published="w: X.T @ softmax(X @ w, axis=0) - x.T",
    ),
    Form("squares of a product", f"{PETERSEN}, section 2", shapes="A: m × n, X: n × k, B: k × l, C: m × l",
         inputs="A B C", parameters="X", equations="R = A @ X @ B - C\nE = total(R**2)/2",
         published="X: A.T @ R @ B.T"),
    Form("trace of a solution", f"{PETERSEN}, section 2", shapes="X: n × n, A: n × n", inputs="A", parameters="X",
         equations="Y = inv(X)\nE = trace(Y @ A)", published="X: -(Y @ A @ Y).T"),
    Form("square of a solution", f"{PETERSEN}, section 2", shapes="A: n × n, b: n × 1", inputs="b", parameters="A",
         equations="x = solve(A, b)\nE = total(x**2)/2", published="u = solve(A.T, x)\nA: -u @ x.T"),
    Form("Mahalanobis distance", WEINBERGER, shapes="x: n × 1, y: n × 1, M: k × n", inputs="x y", parameters="M",
         equations="u = x - y\na = M @ u\nE = total(a**2)",
         published="D = 2*(M.T @ a)\nM: 2*(a @ u.T)\nx: D\ny: -D"),
    Form(
        "translated embeddings", BORDES,
        shapes="h: n × 1, r: n × 1, t: n × 1, q: n × 1", inputs="c", parameters="h r t q",
        equations="u = h + r - t\nv = h + r - q\nd = c + total(u**2) - total(v**2)\nE = relu(d)",
        published="s = 2*step(d)\nh: s*(u - v)\nr: s*(u - v)\nt: -s*u\nq: s*v",
    ),
    Form("diagonal bilinear scores", YANG, shapes="h: n × 1, r: n × 1, t: n × 1", inputs="y", parameters="h r t",
         equations="s = total(h*r*t)\np = sigmoid(-y*s)\nE = -log(1 - p)",
         published="d = -y*p\nh: d*r*t\nr: d*h*t\nt: d*h*r"),
    Form("sparse coding", OLSHAUSEN, shapes="x: m × 1, D: m × k, a: k × 1", inputs="x", targets="l", parameters="D a",
         equations="r = x - D @ a\nE = total(r**2)/2 + l*total(abs(a))",
         published="D: -r @ a.T\na: l*sign(a) - D.T @ r"),
    Form("logistic matrix factorisation", JOHNSON, shapes="R: m × n, U: m × k, V: n × k", inputs="R", parameters="U V",
         equations="S = U @ V.T\nE = total(softplus(S) - R*S)", published="D = sigmoid(S) - R\nU: D @ V\nV: D.T @ U"),
)  # fmt: skip
