"""Losses of classifiers."""

from published.forms import Form

BISHOP = "C. M. Bishop, Pattern Recognition and Machine Learning, 2006, chapter 4"
MURPHY = "K. P. Murphy, Probabilistic Machine Learning: An Introduction, 2022, chapter 10"
SZEGEDY = "C. Szegedy et al., Rethinking the Inception Architecture, 2016, section 7"
HINTON = "G. Hinton, O. Vinyals and J. Dean, Distilling the Knowledge in a Neural Network, 2015, section 2"
LIN = "T.-Y. Lin et al., Focal Loss for Dense Object Detection, 2017, section 3.2 and appendix A"
CRAMMER = "K. Crammer and Y. Singer, 2001; J. Weston and C. Watkins, 1999"
CORTES = "C. Cortes and V. Vapnik, 1995; S. Shalev-Shwartz and S. Ben-David, Understanding Machine Learning, 2014"
LAYER = "X: m × n, Y: m × k, W: n × k, b: 1 × k"
COLUMN = "X: m × n, y: m × 1, w: n × 1"


def _softmax(
    name: str, source: str, equations: str, signal: str, facts: str = "rowsum(Y) = 1", extra: str = ""
) -> Form:
    return Form(
        name, source, shapes=LAYER, inputs="X", targets=f"Y {extra}", parameters="W b", facts=facts,
        equations=f"Z = X @ W + b\n{equations.strip()}",
        published=f"{signal.strip()}\nW: X.T @ D\nb: colsum(D)",
    )  # fmt: skip


def _logistic(name: str, equations: str, signal: str, facts: str = "", source: str = BISHOP, extra: str = "") -> Form:
    return Form(
        name, source, shapes=COLUMN, inputs="X", targets=f"y {extra}", parameters="w", facts=facts,
        equations=f"z = X @ w\n{equations.strip()}", published=f"{signal.strip()}\nw: X.T @ d",
    )  # fmt: skip


FORMS = (
    _softmax("softmax and cross-entropy", BISHOP, "P = softmax(Z, axis=1)\nE = -total(Y*log(P))/m", "D = (P - Y)/m"),
    _softmax("cross-entropy of log-softmax", BISHOP, "L = log_softmax(Z, axis=1)\nE = -total(Y*L)/m",
             "D = (exp(L) - Y)/m"),
    _softmax("cross-entropy by the log-sum", BISHOP,
             "l = logsumexp(Z, axis=1)\nE = (total(l) - total(Y*Z))/m", "D = (softmax(Z, axis=1) - Y)/m"),
    _softmax("cross-entropy by exponentials", BISHOP,
             "A = exp(Z)\ns = rowsum(A)\nP = A/s\nE = -total(Y*log(P))/m", "D = (P - Y)/m"),
    _softmax("cross-entropy of shifted scores", MURPHY,
             "S = Z - rowmax(Z)\nA = exp(S)\nP = A/rowsum(A)\nE = -total(Y*log(P))/m", "D = (P - Y)/m"),
    _softmax("cross-entropy of any weights", MURPHY, "P = softmax(Z, axis=1)\nE = -total(Y*log(P))/m",
             "D = (rowsum(Y)*P - Y)/m", facts=""),
    _softmax("label smoothing", SZEGEDY,
             "P = softmax(Z, axis=1)\nT = (1 - a)*Y + a/k\nE = -total(T*log(P))/m", "D = (P - T)/m", extra="a"),
    _softmax("softmax with temperature", HINTON,
             "P = softmax(Z/t, axis=1)\nE = -total(Y*log(P))/m", "D = (P - Y)/(m*t)", extra="t"),
    _softmax("softmax and squared error", BISHOP,
             "P = softmax(Z, axis=1)\nE = total((P - Y)**2)/(2*m)", "R = P*(P - Y)\nD = (R - P*rowsum(R))/m"),
    _softmax("entropy regularised", "V. Mnih et al., 2016, section 4",
             "P = softmax(Z, axis=1)\nL = log(P)\nE = total(P*L)/m", "D = P*(L - rowsum(P*L))/m", facts=""),
    Form(
        "negative log-likelihood of log-probabilities", MURPHY,
        shapes="L: m × k, Y: m × k", inputs="L", targets="Y", equations="E = -total(Y*L)/m", published="L: -Y/m",
    ),
    Form(
        "softmax of a column", BISHOP,
        shapes="z: k × 1, y: k × 1", inputs="z", targets="y", facts="total(y) = 1",
        equations="p = softmax(z, axis=0)\nE = -inner(y, log(p))", published="z: p - y",
    ),
    Form(
        "softmax of three scores", BISHOP,
        inputs="x", targets="t1 t2 t3", parameters="w1 w2 w3", facts="t1 + t2 + t3 = 1",
        equations="""
            z1 = w1*x
            z2 = w2*x
            z3 = w3*x
            p1, p2, p3 = softmax([z1, z2, z3])
            E = -t1*log(p1) - t2*log(p2) - t3*log(p3)
        """,
        published="w1: (p1 - t1)*x\nw2: (p2 - t2)*x\nw3: (p3 - t3)*x",
    ),
    _logistic("logistic regression", "p = sigmoid(z)\nE = -total(y*log(p) + (1 - y)*log(1 - p))/m", "d = (p - y)/m"),
    _logistic("logistic regression by softplus", "E = total(softplus(z) - y*z)/m", "d = (sigmoid(z) - y)/m"),
    _logistic("logistic regression by the logarithm of 1 + exp", "E = total(log(1 + exp(z)) - y*z)/m",
              "d = (sigmoid(z) - y)/m"),
    _logistic("logistic regression of signs", "E = total(log(1 + exp(-y*z)))/m", "d = -y*sigmoid(-y*z)/m"),
    _logistic("logistic regression of named margins", "q = y*z\nE = total(softplus(-q))/m", "d = -y*sigmoid(-q)/m"),
    _logistic("logistic regression of named probabilities of margins",
              "q = sigmoid(y*z)\nE = -total(log(q))/m", "d = y*(q - 1)/m"),
    _logistic("logistic regression of signs, squared error", "p = tanh(z)\nE = total((p - y)**2)/(2*m)",
              "d = (p - y)*(1 - p**2)/m", source=MURPHY),
    _logistic("logistic regression, weighted", "p = sigmoid(z)\nE = -total(c*y*log(p) + (1 - y)*log(1 - p))/m",
              "d = (p*(1 - y) - c*y*(1 - p))/m", source=MURPHY, extra="c"),
    _logistic("hinge", "q = 1 - y*z\nE = total(relu(q))/m", "d = -y*step(q)/m", source=CORTES),
    _logistic("squared hinge", "h = relu(1 - y*z)\nE = total(h**2)/m", "d = -2*y*h/m", source=CORTES),
    _logistic("squared hinge, halved", "q = 1 - y*z\nh = relu(q)\nE = total(h**2)/2", "d = -y*h", source=CORTES),
    _logistic("exponential loss", "u = exp(-y*z)\nE = total(u)/m", "d = -y*u/m",
              source="Y. Freund and R. E. Schapire, 1997"),
    _logistic("perceptron", "q = -y*z\nE = total(relu(q))", "d = -y*step(q)", source="F. Rosenblatt, 1958"),
    _logistic("probability of margins, squared", "p = sigmoid(z)\nE = total((p - y)**2)/2", "d = (p - y)*p*(1 - p)"),
    Form(
        "focal loss", LIN,
        inputs="x", targets="g", parameters="w",
        equations="z = w*x\np = sigmoid(z)\nE = -(1 - p)**g*log(p)",
        published="w: (1 - p)**g*(g*p*log(p) + p - 1)*x",
    ),
    Form(
        "focal loss of signs", LIN,
        inputs="x", targets="y", parameters="w",
        equations="q = y*w*x\np = sigmoid(q)\nE = -(1 - p)**2*log(p)",
        published="w: y*(1 - p)**2*(2*p*log(p) + p - 1)*x",
    ),
    Form(
        "focal loss of softmax", LIN,
        shapes="Z: m × k, Y: m × k", inputs="Z", targets="Y g",
        equations="P = softmax(Z, axis=1)\nq = rowsum(Y*P)\nE = -total((1 - q)**g*log(q))",
        published="c = g*(1 - q)**(g - 1)*log(q) - (1 - q)**g/q\nZ: c*P*(Y - q)",
    ),
    Form(
        "multi-class hinge", CRAMMER,
        shapes="Z: m × k, Y: m × k", inputs="Z", targets="Y",
        equations="""
            s = rowsum(Y*Z)
            M = 1 + Z - s
            E = total((1 - Y)*relu(M))/m
        """,
        published="I = (1 - Y)*step(M)\nZ: (I - Y*rowsum(I))/m",
    ),
)  # fmt: skip
