"""Factorisations, embeddings, regressions with a penalty, machines and small networks."""

from published.forms import Form

KOREN = "Y. Koren, R. Bell and C. Volinsky, Matrix Factorization Techniques for Recommender Systems, 2009"
LEE = "D. D. Lee and H. S. Seung, Algorithms for Non-negative Matrix Factorization, 2001"
MIKOLOV = "T. Mikolov et al., Distributed Representations of Words and Phrases, 2013, section 2.2"
PENNINGTON = "J. Pennington, R. Socher and C. D. Manning, GloVe, 2014, section 3"
HU = "E. J. Hu et al., LoRA, 2022, section 4.1"
BALDI = "P. Baldi and K. Hornik, Neural Networks and Principal Component Analysis, 1989"
KINGMA = "D. P. Kingma and M. Welling, Auto-Encoding Variational Bayes, 2014, appendix B"
HASTIE = "T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning, 2009"
ZOU = "H. Zou and T. Hastie, Regularization and Variable Selection via the Elastic Net, 2005"
SCHOLKOPF = "B. Schölkopf and A. J. Smola, Learning with Kernels, 2002"
RENDLE = "S. Rendle et al., BPR, 2009, section 4; S. Rendle, Factorization Machines, 2010"
NIELSEN = "M. A. Nielsen, Neural Networks and Deep Learning, 2015, chapter 2"
REGRESSION = "X: m × n, y: m × 1, w: n × 1"


def _regression(name: str, source: str, loss: str, gradient: str) -> Form:
    return Form(
        name, source, shapes=REGRESSION, inputs="X", targets="y c d", parameters="w",
        equations=f"r = X @ w - y\n{loss}", published=gradient,
    )  # fmt: skip


FORMS = (
    _regression("least squares regression", HASTIE, "E = total(r**2)/(2*m)", "w: X.T @ r/m"),
    _regression("ridge regression", HASTIE, "E = total(r**2)/2 + c*total(w**2)/2", "w: X.T @ r + c*w"),
    _regression("ridge regression, mean", HASTIE, "E = total(r**2)/m + c*total(w**2)", "w: 2*(X.T @ r/m + c*w)"),
    _regression("lasso", HASTIE, "E = total(r**2)/2 + c*total(abs(w))", "w: X.T @ r + c*sign(w)"),
    _regression("elastic net", ZOU, "E = total(r**2)/2 + c*total(abs(w)) + d*total(w**2)/2",
                "w: X.T @ r + c*sign(w) + d*w"),
    _regression("least absolute deviations", HASTIE, "E = total(abs(r))/m", "w: X.T @ sign(r)/m"),
    _regression("log-cosh regression", HASTIE, "E = total(log(cosh(r)))/m", "w: X.T @ tanh(r)/m"),
    _regression("Cauchy regression", "P. J. Huber, Robust Statistics, 1981", "E = total(log(1 + r**2))/2",
                "w: X.T @ (r/(1 + r**2))"),
    _regression("smoothed absolute deviations", "P. Charbonnier et al., 1994", "s = sqrt(r**2 + c)\nE = total(s)",
                "w: X.T @ (r/s)"),
    _regression("Welsch regression", "P. W. Holland and R. E. Welsch, 1977", "u = exp(-r**2/2)\nE = -total(u)",
                "w: X.T @ (r*u)"),
    Form(
        "ridge regression unnamed", HASTIE,
        shapes=REGRESSION, inputs="X", targets="y c", parameters="w b",
        equations="E = total((X @ w + b - y)**2)/(2*m) + c*total(w**2)/2",
        published="r = (X @ w + b - y)/m\nw: X.T @ r + c*w\nb: total(r)",
    ),
    Form(
        "matrix factorisation with a mask", KOREN,
        shapes="R: m × n, M: m × n, U: m × k, V: n × k", inputs="R M", targets="c", parameters="U V", facts="M**2 = M",
        equations="D = M*(R - U @ V.T)\nE = total(D**2)/2 + c*(total(U**2) + total(V**2))/2",
        published="U: c*U - D @ V\nV: c*V - D.T @ U",
    ),
    Form(
        "matrix factorisation with a weight", KOREN,
        shapes="R: m × n, M: m × n, U: m × k, V: n × k", inputs="R M", parameters="U V",
        equations="D = R - U @ V.T\nE = total(M*D**2)",
        published="H = -2*M*D\nU: H @ V\nV: H.T @ U",
    ),
    Form(
        "matrix factorisation with biases", KOREN,
        shapes="R: m × n, U: m × k, V: n × k, a: m × 1, b: 1 × n", inputs="R", parameters="U V a b",
        equations="D = U @ V.T + a + b - R\nE = total(D**2)/2",
        published="U: D @ V\nV: D.T @ U\na: rowsum(D)\nb: colsum(D)",
    ),
    Form(
        "symmetric factorisation", KOREN,
        shapes="A: n × n, U: n × k", inputs="A", parameters="U", facts="A = A.T",
        equations="R = U @ U.T - A\nE = total(R**2)/4", published="U: R @ U",
    ),
    Form(
        "non-negative factorisation, least squares", LEE,
        shapes="X: m × n, W: m × k, H: k × n", inputs="X", parameters="W H",
        equations="R = W @ H - X\nE = total(R**2)/2", published="W: R @ H.T\nH: W.T @ R",
    ),
    Form(
        "non-negative factorisation, divergence", LEE,
        shapes="X: m × n, W: m × k, H: k × n", inputs="X", parameters="W H",
        equations="Y = W @ H\nE = total(Y - X*log(Y))", published="D = 1 - X/Y\nW: D @ H.T\nH: W.T @ D",
    ),
    Form(
        "skip-gram with negative samples", MIKOLOV,
        shapes="v: n × 1, u: n × 1, N: k × n", parameters="v u N",
        equations="p = sigmoid(inner(u, v))\nq = sigmoid(-N @ v)\nE = -log(p) - total(log(q))",
        published="v: (p - 1)*u + N.T @ (1 - q)\nu: (p - 1)*v\nN: (1 - q) @ v.T",
    ),
    Form(
        "skip-gram with the softmax", MIKOLOV,
        shapes="v: n × 1, U: k × n, y: k × 1", targets="y", parameters="v U", facts="total(y) = 1",
        equations="p = softmax(U @ v, axis=0)\nE = -inner(y, log(p))",
        published="d = p - y\nv: U.T @ d\nU: d @ v.T",
    ),
    Form(
        "GloVe", PENNINGTON,
        shapes="F: m × n, L: m × n, W: m × k, V: n × k, a: m × 1, b: 1 × n", inputs="F L", parameters="W V a b",
        equations="R = W @ V.T + a + b - L\nE = total(F*R**2)/2",
        published="D = F*R\nW: D @ V\nV: D.T @ W\na: rowsum(D)\nb: colsum(D)",
    ),
    Form(
        "Bayesian personalised ranking", RENDLE,
        shapes="u: n × 1, i: n × 1, j: n × 1", parameters="u i j",
        equations="x = inner(u, i - j)\np = sigmoid(x)\nE = -log(p)",
        published="d = p - 1\nu: d*(i - j)\ni: d*u\nj: -d*u",
    ),
    Form(
        "factorisation machine", RENDLE,
        shapes="X: m × n, w: n × 1, V: n × k, g: m × 1", inputs="X", parameters="w V", outputs="y: g",
        equations="S = X @ V\ny = X @ w + (rowsum(S**2) - rowsum(X**2 @ V**2))/2",
        published="w: X.T @ g\nV: X.T @ (g*S) - V*(X.T**2 @ g)",
    ),
    Form(
        "LoRA", HU,
        shapes="X: m × n, W: n × k, A: n × r, B: r × k, G: m × k", inputs="X W s", parameters="A B", outputs="Y: G",
        equations="H = X @ A\nY = X @ W + s*(H @ B)",
        published="D = s*G\nA: X.T @ D @ B.T\nB: H.T @ D",
    ),
    Form(
        "linear autoencoder with tied weights", BALDI,
        shapes="X: m × n, W: n × k", inputs="X", parameters="W",
        equations="H = X @ W\nR = H @ W.T - X\nE = total(R**2)/2",
        published="W: X.T @ R @ W + R.T @ H",
    ),
    Form(
        "autoencoder with tied weights", BALDI,
        shapes="X: m × n, W: n × k", inputs="X", parameters="W",
        equations="H = tanh(X @ W)\nR = H @ W.T - X\nE = total(R**2)/2",
        published="D = R @ W*(1 - H**2)\nW: X.T @ D + R.T @ H",
    ),
    Form(
        "principal components", BALDI,
        shapes="C: n × n, W: n × k", inputs="C", parameters="W", facts="C = C.T",
        equations="E = -trace(W.T @ C @ W)/2", published="W: -C @ W",
    ),
    Form(
        "divergence from the standard normal", KINGMA,
        shapes="M: m × k, Q: m × k", parameters="M Q",
        equations="E = total(exp(Q) + M**2 - 1 - Q)/2", published="M: M\nQ: (exp(Q) - 1)/2",
    ),
    Form(
        "divergence from the standard normal by deviations", KINGMA,
        shapes="M: m × k, S: m × k", parameters="M S",
        equations="E = total(M**2 + S**2 - 2*log(S) - 1)/2", published="M: M\nS: S - 1/S",
    ),
    Form(
        "reparameterised sample", KINGMA,
        shapes="M: m × k, Q: m × k, N: m × k, G: m × k", inputs="N", parameters="M Q", outputs="Z: G",
        equations="S = exp(Q/2)\nZ = M + S*N", published="M: G\nQ: G*S*N/2",
    ),
    Form(
        "kernel ridge regression", SCHOLKOPF,
        shapes="K: n × n, y: n × 1, a: n × 1", inputs="K", targets="y c", parameters="a", facts="K = K.T",
        equations="f = K @ a\nE = total((f - y)**2)/2 + c*inner(a, f)/2",
        published="a: K @ (f - y + c*a)",
    ),
    Form(
        "support vector machine", SCHOLKOPF,
        shapes=REGRESSION, inputs="X", targets="y c", parameters="w b",
        equations="q = 1 - y*(X @ w + b)\nE = total(w**2)/2 + c*total(relu(q))",
        published="d = -c*y*step(q)\nw: w + X.T @ d\nb: total(d)",
    ),
    Form(
        "support vector machine, dual", SCHOLKOPF,
        shapes="K: n × n, y: n × 1, a: n × 1", inputs="K", targets="y", parameters="a", facts="K = K.T",
        equations="u = a*y\nE = quadratic(u, K)/2 - total(a)", published="a: y*(K @ u) - 1",
    ),
    Form(
        "two layers, sigmoid and squared error", NIELSEN,
        shapes="X: m × n, Y: m × k, W: n × h, b: 1 × h, V: h × k, c: 1 × k", inputs="X", targets="Y",
        parameters="W b V c",
        equations="H = sigmoid(X @ W + b)\nA = sigmoid(H @ V + c)\nE = total((A - Y)**2)/(2*m)",
        published="""
            D_2 = (A - Y)*A*(1 - A)/m
            D_1 = (D_2 @ V.T)*H*(1 - H)
            W: X.T @ D_1
            b: colsum(D_1)
            V: H.T @ D_2
            c: colsum(D_2)
        """,
    ),
    Form(
        "two layers, ReLU and softmax", "A. Karpathy et al., CS231n course notes, 2016",
        shapes="X: m × n, Y: m × k, W: n × h, b: 1 × h, V: h × k, c: 1 × k", inputs="X", targets="Y",
        parameters="W b V c", facts="rowsum(Y) = 1",
        equations="H = relu(X @ W + b)\nP = softmax(H @ V + c, axis=1)\nE = -total(Y*log(P))/m",
        published="""
            D_2 = (P - Y)/m
            D_1 = (D_2 @ V.T)*step(H)
            W: X.T @ D_1
            b: colsum(D_1)
            V: H.T @ D_2
            c: colsum(D_2)
        """,
    ),
    Form(
        "residual block", "K. He et al., Deep Residual Learning, 2016",
        shapes="X: m × n, W: n × h, V: h × n, G: m × n", inputs="X", parameters="W V", outputs="Y: G",
        equations="H = tanh(X @ W)\nY = X + H @ V",
        published="D = (G @ V.T)*(1 - H**2)\nW: X.T @ D\nV: H.T @ G\nX: G + D @ W.T",
    ),
    Form(
        "dropout, inverted", "N. Srivastava et al., Dropout, 2014",
        shapes="X: m × n, M: m × k, W: n × k, G: m × k", inputs="X M p", parameters="W", outputs="Y: G",
        equations="H = tanh(X @ W)\nY = M*H/p", published="W: X.T @ (G*M*(1 - H**2))/p",
    ),
)  # fmt: skip
