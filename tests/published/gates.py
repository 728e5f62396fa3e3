"""Gated linear units, and layers of activations written by hand."""

from published.forms import Form

SHAZEER = "N. Shazeer, GLU Variants Improve Transformer, 2020, section 2"
DAUPHIN = "Y. N. Dauphin et al., Language Modeling with Gated Convolutional Networks, 2017"
HENDRYCKS = "D. Hendrycks and K. Gimpel, Gaussian Error Linear Units, 2016"
RAMACHANDRAN = "P. Ramachandran, B. Zoph and Q. V. Le, Searching for Activation Functions, 2017"
MISRA = "D. Misra, Mish, 2019"
SRIVASTAVA = "R. K. Srivastava, K. Greff and J. Schmidhuber, Highway Networks, 2015"
GOODFELLOW = "I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, section 6.3"

UNIT = "X: m × n, W: n × k, V: n × k, G: m × k"


def _unit(name: str, source: str, equations: str, signals: str) -> Form:
    """A gated unit whose gate has the scores A and whose other part has the scores B."""
    gates = "W: X.T @ D_A\nV: X.T @ D_B"
    return Form(
        name, source, shapes=UNIT, inputs="X", parameters="W V", outputs="Y: G",
        equations=f"A = X @ W\nB = X @ V\n{equations.strip()}", published=f"{signals.strip()}\n{gates}",
    )  # fmt: skip


def _entrywise(name: str, source: str, equations: str, published: str, targets: str = "") -> Form:
    return Form(
        name, source, shapes="Z: m × k, G: m × k", inputs="Z", targets=targets, outputs="Y: G",
        equations=equations, published=published,
    )  # fmt: skip


FORMS = (
    _unit("GLU", DAUPHIN, "S = sigmoid(A)\nY = S*B", "D_A = G*B*S*(1 - S)\nD_B = G*S"),
    _unit("GLU by its output", DAUPHIN, "S = sigmoid(A)\nY = S*B", "D_A = G*Y*(1 - S)\nD_B = G*S"),
    _unit("bilinear unit", SHAZEER, "Y = A*B", "D_A = G*B\nD_B = G*A"),
    _unit("ReGLU", SHAZEER, "Y = relu(A)*B", "D_A = G*B*step(A)\nD_B = G*relu(A)"),
    _unit("GEGLU", SHAZEER, "Y = gelu(A)*B", "D_A = G*B*(normal_cdf(A) + A*normal_pdf(A))\nD_B = G*A*normal_cdf(A)"),
    _unit(
        "GEGLU with the distribution named", SHAZEER, "F = normal_cdf(A)\nH = A*F\nY = H*B",
        "D_A = G*B*(F + A*normal_pdf(A))\nD_B = G*H",
    ),
    _unit(
        "SwiGLU", SHAZEER, "S = sigmoid(A)\nH = A*S\nY = H*B", "D_A = G*B*(S + H*(1 - S))\nD_B = G*H"
    ),
    _unit("tanh gate", DAUPHIN, "S = sigmoid(A)\nT = tanh(B)\nY = T*S", "D_A = G*Y*(1 - S)\nD_B = G*S*(1 - T**2)"),
    Form(
        "SwiGLU feed-forward", SHAZEER,
        shapes="X: m × n, W: n × k, V: n × k, U: k × n, G: m × n",
        inputs="X", parameters="W V U", outputs="Y: G",
        equations="""
            A = X @ W
            B = X @ V
            S = sigmoid(A)
            H = A*S
            P = H*B
            Y = P @ U
        """,
        published="""
            D_P = G @ U.T
            D_A = D_P*B*(S + H*(1 - S))
            D_B = D_P*H
            U: P.T @ G
            W: X.T @ D_A
            V: X.T @ D_B
        """,
    ),
    Form(
        "highway layer", SRIVASTAVA,
        shapes="X: m × n, W: n × n, V: n × n, G: m × n",
        inputs="X", parameters="W V", outputs="Y: G",
        equations="""
            H = tanh(X @ W)
            T = sigmoid(X @ V)
            Y = H*T + X*(1 - T)
        """,
        published="""
            W: X.T @ (G*T*(1 - H**2))
            V: X.T @ (G*(H - X)*T*(1 - T))
        """,
    ),
    _entrywise("softsign by hand", "X. Glorot and Y. Bengio, 2010", "Y = Z/(1 + abs(Z))", "Z: G/(1 + abs(Z))**2"),
    _entrywise(
        "softplus by hand", "C. Dugas et al., 2001", "Y = log(1 + exp(Z))", "Z: G*sigmoid(Z)",
    ),
    _entrywise("SiLU by hand", RAMACHANDRAN, "Y = Z/(1 + exp(-Z))", "S = sigmoid(Z)\nZ: G*(S + Y*(1 - S))"),
    _entrywise(
        "swish with beta", RAMACHANDRAN, "S = sigmoid(beta*Z)\nY = Z*S", "Z: G*(beta*Y + S*(1 - beta*Y))",
        targets="beta",
    ),
    _entrywise(
        "tanh of exponentials", "any textbook", "U = exp(Z)\nV = exp(-Z)\nY = (U - V)/(U + V)", "Z: G*(1 - Y**2)"
    ),
    _entrywise(
        "GELU by tanh", HENDRYCKS, "T = tanh(c*(Z + a*Z**3))\nY = Z*(1 + T)/2",
        "Z: G*((1 + T)/2 + Z*(1 - T**2)*c*(1 + 3*a*Z**2)/2)", targets="a c",
    ),
    _entrywise(
        "mish by hand", MISRA, "U = log(1 + exp(Z))\nT = tanh(U)\nY = Z*T",
        "Z: G*(T + Z*(1 - T**2)*sigmoid(Z))",
    ),
    _entrywise("leaky unit", "A. L. Maas, A. Y. Hannun and A. Y. Ng, 2013", "Y = max(Z, a*Z)",
               "Z: where(Z > a*Z, G, a*G)", targets="a"),
    _entrywise("squared ReLU", "D. So et al., Primer, 2021", "R = relu(Z)\nY = R**2", "Z: 2*G*R"),
    _entrywise("Gaussian bump", GOODFELLOW, "Y = exp(-Z**2)", "Z: -2*G*Z*Y"),
    _entrywise("log-cosh by hand", "any textbook", "U = exp(Z) + exp(-Z)\nY = log(U/2)", "Z: G*tanh(Z)"),
)  # fmt: skip
