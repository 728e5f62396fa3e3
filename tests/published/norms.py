"""Layers that normalise."""

from published.forms import Form

IOFFE = "S. Ioffe and C. Szegedy, Batch Normalization, 2015, section 3"
BA = "J. L. Ba, J. R. Kiros and G. E. Hinton, Layer Normalization, 2016"
ZHANG = "B. Zhang and R. Sennrich, Root Mean Square Layer Normalization, 2019"
SALIMANS = "T. Salimans and D. P. Kingma, Weight Normalization, 2016, section 2.1"
MIYATO = "T. Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018, section 2"
ULYANOV = "D. Ulyanov, A. Vedaldi and V. Lempitsky, Instance Normalization, 2016"
WU = "Y. Wu and K. He, Group Normalization, 2018"

FORMS = (
    Form(
        "batch norm", IOFFE,
        shapes="X: m × k, gamma: 1 × k, beta: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="""
            mu = colmean(X)
            C = X - mu
            v = colmean(C**2)
            s = sqrt(v + eps)
            H = C/s
            Y = gamma*H + beta
        """,
        published="""
            D_beta = colsum(G)
            D_gamma = colsum(G*H)
            beta: D_beta
            gamma: D_gamma
            X: gamma*(G - (D_beta + H*D_gamma)/m)/s
        """,
    ),
    Form(
        "batch norm by variance", IOFFE,
        shapes="X: m × k, gamma: 1 × k, beta: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="""
            mu = colmean(X)
            v = colmean((X - mu)**2)
            H = (X - mu)/sqrt(v + eps)
            Y = gamma*H + beta
        """,
        published="""
            D_H = G*gamma
            X: (D_H - colmean(D_H) - H*colmean(D_H*H))/sqrt(v + eps)
            gamma: colsum(G*H)
            beta: colsum(G)
        """,
    ),
    Form(
        "batch norm without scale", IOFFE,
        shapes="X: m × k, G: m × k",
        inputs="X", targets="eps", outputs="H: G",
        equations="""
            mu = colmean(X)
            C = X - mu
            r = (colmean(C**2) + eps)**(-1/2)
            H = C*r
        """,
        published="X: r*(G - colmean(G) - H*colmean(G*H))",
    ),
    Form(
        "batch norm with running statistics", IOFFE,
        shapes="X: m × k, gamma: 1 × k, beta: 1 × k, mu: 1 × k, v: 1 × k, G: m × k",
        inputs="X mu v", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="""
            s = sqrt(v + eps)
            H = (X - mu)/s
            Y = gamma*H + beta
        """,
        published="""
            X: G*gamma/s
            gamma: colsum(G*H)
            beta: colsum(G)
        """,
    ),
    Form(
        "layer norm", BA,
        shapes="X: m × k, gamma: 1 × k, beta: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="""
            mu = rowmean(X)
            C = X - mu
            s = sqrt(rowmean(C**2) + eps)
            H = C/s
            Y = gamma*H + beta
        """,
        published="""
            D_H = G*gamma
            X: (D_H - rowmean(D_H) - H*rowmean(D_H*H))/s
            gamma: colsum(G*H)
            beta: colsum(G)
        """,
    ),
    Form(
        "layer norm by a reciprocal root", BA,
        shapes="X: m × k, gamma: 1 × k, beta: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="""
            mu = rowmean(X)
            v = rowmean((X - mu)**2)
            r = 1/sqrt(v + eps)
            H = r*(X - mu)
            Y = gamma*H + beta
        """,
        published="""
            D_H = G*gamma
            X: r*(D_H - rowmean(D_H) - H*rowmean(D_H*H))
            gamma: colsum(G*H)
            beta: colsum(G)
        """,
    ),
    Form(
        "layer norm of a column", BA,
        shapes="x: k × 1, g: k × 1",
        inputs="x", targets="eps", outputs="h: g",
        equations="""
            mu = mean(x)
            c = x - mu
            s = sqrt(mean(c**2) + eps)
            h = c/s
        """,
        published="x: (g - mean(g) - h*mean(g*h))/s",
    ),
    Form(
        "instance norm of a row", ULYANOV,
        shapes="x: 1 × k, g: 1 × k",
        inputs="x", targets="eps", parameters="gamma beta", outputs="y: g",
        equations="""
            c = x - mean(x)
            s = sqrt(mean(c**2) + eps)
            h = c/s
            y = gamma*h + beta
        """,
        published="""
            x: gamma*(g - mean(g) - h*mean(g*h))/s
            gamma: total(g*h)
            beta: total(g)
        """,
    ),
    Form(
        "group norm, a group a row", WU,
        shapes="X: q × k, gamma: q × 1, beta: q × 1, G: q × k",
        inputs="X", targets="eps", parameters="gamma beta", outputs="Y: G",
        equations="""
            C = X - rowmean(X)
            s = sqrt(rowmean(C**2) + eps)
            H = C/s
            Y = gamma*H + beta
        """,
        published="""
            gamma: rowsum(G*H)
            beta: rowsum(G)
            X: gamma*(G - rowmean(G) - H*rowmean(G*H))/s
        """,
    ),
    Form(
        "RMS norm", ZHANG,
        shapes="X: m × k, gamma: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma", outputs="Y: G",
        equations="""
            r = sqrt(rowmean(X**2) + eps)
            H = X/r
            Y = gamma*H
        """,
        published="""
            D_H = G*gamma
            X: (D_H - H*rowmean(D_H*H))/r
            gamma: colsum(G*H)
        """,
    ),
    Form(
        "RMS norm by a reciprocal root", ZHANG,
        shapes="X: m × k, gamma: 1 × k, G: m × k",
        inputs="X", targets="eps", parameters="gamma", outputs="Y: G",
        equations="""
            r = (rowmean(X**2) + eps)**(-1/2)
            H = X*r
            Y = gamma*H
        """,
        published="""
            D_H = G*gamma
            X: r*(D_H - H*rowmean(D_H*H))
            gamma: colsum(G*H)
        """,
    ),
    Form(
        "unit length of rows", "the Jacobian of x/‖x‖, (I - uuᵀ)/‖x‖, as in T. Salimans and D. P. Kingma, 2016",
        shapes="X: m × k, G: m × k",
        inputs="X", outputs="U: G",
        equations="""
            n = sqrt(rowsum(X**2))
            U = X/n
        """,
        published="X: (G - U*rowsum(G*U))/n",
    ),
    Form(
        "weight norm", SALIMANS,
        shapes="v: k × 1, d: k × 1",
        parameters="v g", outputs="w: d",
        equations="""
            n = norm(v)
            w = g*v/n
        """,
        published="""
            D_g = inner(d, v)/n
            g: D_g
            v: g*d/n - g*D_g*v/n**2
        """,
    ),
    Form(
        "weight norm of a layer", SALIMANS,
        shapes="X: m × k, V: k × h, g: 1 × h, D: m × h",
        inputs="X", parameters="V g", outputs="Z: D",
        equations="""
            n = sqrt(colsum(V**2))
            U = V/n
            W = g*U
            Z = X @ W
        """,
        published="""
            D_W = X.T @ D
            D_g = colsum(D_W*U)
            g: D_g
            V: g*(D_W - U*D_g)/n
        """,
    ),
    Form(
        "spectral norm, vectors given", MIYATO,
        shapes="W: h × k, u: h × 1, v: k × 1, G: h × k",
        inputs="u v", parameters="W", outputs="S: G",
        equations="""
            sigma = quadratic(u, W, v)
            S = W/sigma
        """,
        published="W: (G - inner(G, S)*(u @ v.T))/sigma",
    ),
)  # fmt: skip
