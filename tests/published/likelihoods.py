"""Likelihoods: of numbers, of columns with full covariance, of mixtures and processes."""

from published.forms import Form

BISHOP = "C. M. Bishop, Pattern Recognition and Machine Learning, 2006"
PETERSEN = "K. B. Petersen and M. S. Pedersen, The Matrix Cookbook, 2012, section 8"
NIX = "D. A. Nix and A. S. Weigend, 1994"
KENDALL = "A. Kendall and Y. Gal, What Uncertainties Do We Need, 2017, section 3"
LANGE = "K. L. Lange, R. J. A. Little and J. M. G. Taylor, Robust Statistical Modeling Using the t Distribution, 1989"
MCCULLAGH = "P. McCullagh and J. A. Nelder, Generalized Linear Models, 1989"
RASMUSSEN = "C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, 2006, section 5.4.1"
BESAG = "any textbook"

FORMS = (
    Form(
        "Gaussian, mean and variance", BISHOP,
        inputs="y", parameters="mu v",
        equations="E = log(v)/2 + (y - mu)**2/(2*v)",
        published="""
            r = (y - mu)/v
            mu: -r
            v: (1/v - r**2)/2
        """,
    ),
    Form(
        "Gaussian, mean and deviation", BISHOP,
        inputs="y", parameters="mu s",
        equations="z = (y - mu)/s\nE = log(s) + z**2/2",
        published="mu: -z/s\ns: (1 - z**2)/s",
    ),
    Form(
        "Gaussian, log-variance", KENDALL,
        inputs="y", parameters="mu q",
        equations="p = exp(-q)\nE = (q + p*(y - mu)**2)/2",
        published="r = p*(mu - y)\nmu: r\nq: (1 - p*(y - mu)**2)/2",
    ),
    Form(
        "Gaussian, log-variance of columns", NIX,
        shapes="Y: m × k, M: m × k, Q: m × k", inputs="Y", parameters="M Q",
        equations="P = exp(-Q)\nE = total(Q + P*(Y - M)**2)/2",
        published="M: P*(M - Y)\nQ: (1 - P*(Y - M)**2)/2",
    ),
    Form(
        "Gaussian, precision of numbers", BISHOP,
        shapes="x: m × 1", inputs="x", parameters="mu b",
        equations="r = x - mu\nE = b*total(r**2)/2 - m*log(b)/2",
        published="mu: -b*total(r)\nb: (total(r**2) - m/b)/2",
    ),
    Form(
        "Gaussian, full covariance", PETERSEN,
        shapes="x: n × 1, mu: n × 1, S: n × n", inputs="x", parameters="mu S",
        equations="r = x - mu\nE = (logdet(S) + quadratic(r, inv(S)))/2", facts="S = S.T",
        published="""
            a = inv(S) @ r
            mu: -a
            S: (inv(S) - a @ a.T)/2
        """,
    ),
    Form(
        "Gaussian, full covariance by a solution", PETERSEN,
        shapes="x: n × 1, mu: n × 1, S: n × n", inputs="x", parameters="mu S", facts="S = S.T",
        equations="r = x - mu\na = solve(S, r)\nE = (logdet(S) + inner(r, a))/2",
        published="mu: -a\nS: (inv(S) - a @ a.T)/2",
    ),
    Form(
        "Gaussian, precision matrix", PETERSEN,
        shapes="x: n × 1, mu: n × 1, L: n × n", inputs="x", parameters="mu L", facts="L = L.T",
        equations="r = x - mu\nE = (quadratic(r, L) - logdet(L))/2",
        published="mu: -L @ r\nL: (r @ r.T - inv(L))/2",
    ),
    Form(
        "Gaussian, scatter matrix", PETERSEN,
        shapes="C: n × n, L: n × n", inputs="C", parameters="L", facts="L = L.T; C = C.T",
        equations="E = trace(L @ C) - logdet(L)", published="L: C - inv(L)",
    ),
    Form(
        "Gaussian, scatter and covariance", PETERSEN,
        shapes="C: n × n, S: n × n", inputs="C", parameters="S", facts="S = S.T; C = C.T",
        equations="P = inv(S)\nE = trace(P @ C) + logdet(S)", published="S: P - P @ C @ P",
    ),
    Form(
        "Gaussian, rows of examples", PETERSEN,
        shapes="X: m × n, mu: 1 × n, L: n × n", inputs="X", parameters="mu L", facts="L = L.T",
        equations="R = X - mu\nE = inner(R @ L, R)/2 - m*logdet(L)/2",
        published="mu: -colsum(R) @ L\nL: (R.T @ R - m*inv(L))/2",
    ),
    Form(
        "Gaussian by a factor of the precision", PETERSEN,
        shapes="x: n × 1, mu: n × 1, A: n × n", inputs="x", parameters="mu A",
        equations="z = A @ (x - mu)\nE = total(z**2)/2 - logdet(A)",
        published="mu: -A.T @ z\nA: z @ (x - mu).T - inv(A).T",
    ),
    Form(
        "Student-t", LANGE,
        inputs="y", targets="nu", parameters="mu",
        equations="r = y - mu\nE = (nu + 1)*log(1 + r**2/nu)/2",
        published="mu: -(nu + 1)*r/(nu + r**2)",
    ),
    Form(
        "Student-t with scale", LANGE,
        inputs="y", targets="nu", parameters="mu s",
        equations="z = (y - mu)/s\nE = log(s) + (nu + 1)*log(1 + z**2/nu)/2",
        published="""
            w = (nu + 1)/(nu + z**2)
            mu: -w*z/s
            s: (1 - w*z**2)/s
        """,
    ),
    Form(
        "Student-t regression", LANGE,
        shapes="X: m × n, y: m × 1, w: n × 1", inputs="X", targets="y nu", parameters="w",
        equations="r = X @ w - y\nE = (nu + 1)*total(log(1 + r**2/nu))/2",
        published="w: (nu + 1)*(X.T @ (r/(nu + r**2)))",
    ),
    Form(
        "Laplace", BESAG,
        inputs="y", parameters="mu b",
        equations="r = y - mu\nE = log(b) + abs(r)/b",
        published="mu: -sign(r)/b\nb: (1 - abs(r)/b)/b",
    ),
    Form(
        "Poisson regression", MCCULLAGH,
        shapes="X: m × n, y: m × 1, w: n × 1", inputs="X", targets="y", parameters="w",
        equations="z = X @ w\nu = exp(z)\nE = total(u - y*z)", published="w: X.T @ (u - y)",
    ),
    Form(
        "Poisson, rate", MCCULLAGH,
        inputs="y", parameters="u", equations="E = u - y*log(u)", published="u: 1 - y/u",
    ),
    Form(
        "Gamma, log link", MCCULLAGH,
        shapes="X: m × n, y: m × 1, w: n × 1", inputs="X", targets="y", parameters="w",
        equations="z = X @ w\nu = exp(z)\nE = total(y/u + z)", published="w: X.T @ (1 - y/u)",
    ),
    Form(
        "Gamma, shape and rate", MCCULLAGH,
        inputs="y", parameters="a b",
        equations="E = lgamma(a) - a*log(b) - (a - 1)*log(y) + b*y",
        published="a: digamma(a) - log(b) - log(y)\nb: y - a/b",
    ),
    Form(
        "negative binomial, mean", "J. M. Hilbe, Negative Binomial Regression, 2011",
        inputs="y r", parameters="u",
        equations="E = (y + r)*log(r + u) - y*log(u)",
        published="u: (y + r)/(r + u) - y/u",
    ),
    Form(
        "mixture of Gaussians, means", f"{BISHOP}, section 9.2.2",
        shapes="x: m × 1, mu: 1 × k, a: 1 × k", inputs="x", parameters="mu a",
        equations="""
            D = x - mu
            S = a - D**2/2
            l = logsumexp(S, axis=1)
            E = -total(l)
        """,
        published="""
            R = exp(S - l)
            a: -colsum(R)
            mu: -colsum(R*D)
        """,
    ),
    Form(
        "mixture of Gaussians with responsibilities", f"{BISHOP}, section 9.2.2",
        shapes="x: m × 1, mu: 1 × k, z: 1 × k", inputs="x", parameters="mu z",
        equations="""
            L = log_softmax(z, axis=1)
            D = x - mu
            S = L - D**2/2
            E = -total(logsumexp(S, axis=1))
        """,
        published="""
            R = softmax(S, axis=1)
            mu: -colsum(R*D)
            z: m*exp(L) - colsum(R)
        """,
    ),
    Form(
        "mixture density of weights", f"{BISHOP}, section 5.6",
        shapes="N: m × k, W: m × k", inputs="N", parameters="W",
        equations="P = softmax(W, axis=1)\np = rowsum(P*N)\nE = -total(log(p))",
        published="W: P - P*N/p",
    ),
    Form(
        "Gaussian process, covariance", RASMUSSEN,
        shapes="K: n × n, y: n × 1", targets="y", parameters="K", facts="K = K.T",
        equations="a = solve(K, y)\nE = (inner(y, a) + logdet(K))/2", published="K: (inv(K) - a @ a.T)/2",
    ),
    Form(
        "Gaussian process, noise", RASMUSSEN,
        shapes="C: n × n, y: n × 1", inputs="C", targets="y", parameters="s", facts="C = C.T",
        equations="""
            K = C + s*eye(n)
            a = solve(K, y)
            E = (inner(y, a) + logdet(K))/2
        """,
        published="s: (trace(inv(K)) - total(a**2))/2",
    ),
    Form(
        "Gaussian process, amplitude of the kernel", RASMUSSEN,
        shapes="D: n × n, y: n × 1", inputs="D s", targets="y", parameters="c l", facts="D = D.T",
        equations="""
            C = c*exp(-l*D)
            K = C + s*eye(n)
            a = solve(K, y)
            E = (inner(y, a) + logdet(K))/2
        """,
        published="""
            H = inv(K) - a @ a.T
            c: inner(H, C)/(2*c)
            l: -total(H*C*D)/2
        """,
    ),
    Form(
        "probit regression of signs", f"{BISHOP}, section 4.3.5",
        shapes="X: m × n, y: m × 1, w: n × 1", inputs="X", targets="y", parameters="w",
        equations="q = y*(X @ w)\np = normal_cdf(q)\nE = -total(log(p))",
        published="w: -X.T @ (y*normal_pdf(q)/p)",
    ),
    Form(
        "probit regression", MCCULLAGH,
        inputs="x", targets="y", parameters="w",
        equations="z = w*x\np = normal_cdf(z)\nE = -y*log(p) - (1 - y)*log(1 - p)",
        published="w: normal_pdf(z)*(p - y)*x/(p*(1 - p))",
    ),
    Form(
        "ordinal regression, a class in the middle", "P. McCullagh, Regression Models for Ordinal Data, 1980",
        inputs="z", parameters="a b",
        equations="p = sigmoid(b - z)\nq = sigmoid(a - z)\nE = -log(p - q)",
        published="""
            s = p - q
            a: q*(1 - q)/s
            b: -p*(1 - p)/s
            z: 1 - p - q
        """,
    ),
    Form(
        "binomial", MCCULLAGH,
        shapes="X: m × n, y: m × 1, c: m × 1, w: n × 1", inputs="X", targets="y c", parameters="w",
        equations="p = sigmoid(X @ w)\nE = -total(y*log(p) + (c - y)*log(1 - p))",
        published="w: X.T @ (c*p - y)",
    ),
)  # fmt: skip
