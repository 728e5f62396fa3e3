"""Metric learning and contrastive losses."""

from published.forms import Form

SCHROFF = "F. Schroff, D. Kalenichenko and J. Philbin, FaceNet, 2015, section 3.1"
HADSELL = "R. Hadsell, S. Chopra and Y. LeCun, 2006, section 2"
OORD = "A. van den Oord, Y. Li and O. Vinyals, Contrastive Predictive Coding, 2018, section 2.3"
CHEN = "T. Chen et al., SimCLR, 2020, section 2.1"
MOVSHOVITZ = "Y. Movshovitz-Attias et al., No Fuss Distance Metric Learning Using Proxies, 2017"
RADFORD = "A. Radford et al., CLIP, 2021, section 2.3"

FORMS = (
    Form(
        "triplet loss", SCHROFF,
        shapes="a: n × 1, p: n × 1, q: n × 1", inputs="a p q", targets="c",
        equations="""
            u = a - p
            v = a - q
            d = total(u**2) - total(v**2) + c
            E = relu(d)
        """,
        published="""
            s = 2*step(d)
            a: s*(q - p)
            p: -s*u
            q: s*v
        """,
    ),
    Form(
        "triplet loss of rows", SCHROFF,
        shapes="A: m × n, P: m × n, Q: m × n", inputs="A P Q", targets="c",
        equations="""
            d = rowsum((A - P)**2) - rowsum((A - Q)**2) + c
            E = total(relu(d))/m
        """,
        published="""
            s = 2*step(d)/m
            A: s*(Q - P)
            P: s*(P - A)
            Q: s*(A - Q)
        """,
    ),
    Form(
        "contrastive loss", HADSELL,
        shapes="a: n × 1, b: n × 1", inputs="a b", targets="y c",
        equations="""
            u = a - b
            d = norm(u)
            h = relu(c - d)
            E = (1 - y)*d**2/2 + y*h**2/2
        """,
        published="""
            D_u = (1 - y - y*h/d)*u
            a: D_u
            b: -D_u
        """,
    ),
    Form(
        "cosine similarity", "any textbook",
        shapes="a: n × 1, b: n × 1", inputs="a b",
        equations="""
            p = norm(a)
            q = norm(b)
            c = inner(a, b)/(p*q)
            E = 1 - c
        """,
        published="""
            a: (c*a/p - b/q)/p
            b: (c*b/q - a/p)/q
        """,
    ),
    Form(
        "cosine similarity of unit vectors", "any textbook",
        shapes="a: n × 1, b: n × 1", inputs="a b",
        equations="""
            p = norm(a)
            q = norm(b)
            u = a/p
            v = b/q
            c = inner(u, v)
        """,
        published="a: (v - c*u)/p\nb: (u - c*v)/q",
    ),
    Form(
        "InfoNCE", OORD,
        shapes="A: m × n, B: m × n", inputs="A B", targets="t",
        equations="""
            S = A @ B.T/t
            P = softmax(S, axis=1)
            E = -trace(log(P))/m
        """,
        published="""
            D = (P - eye(m))/(m*t)
            A: D @ B
            B: D.T @ A
        """,
    ),
    Form(
        "InfoNCE by the log-sum", OORD,
        shapes="A: m × n, B: m × n", inputs="A B",
        equations="""
            S = A @ B.T
            l = logsumexp(S, axis=1)
            E = (total(l) - trace(S))/m
        """,
        published="""
            D = (softmax(S, axis=1) - eye(m))/m
            A: D @ B
            B: D.T @ A
        """,
    ),
    Form(
        "NT-Xent with targets", CHEN,
        shapes="Z: m × n, Y: m × m", inputs="Z", targets="Y t", facts="rowsum(Y) = 1",
        equations="""
            S = Z @ Z.T/t
            P = softmax(S, axis=1)
            E = -total(Y*log(P))/m
        """,
        published="""
            D = (P - Y)/(m*t)
            Z: (D + D.T) @ Z
        """,
    ),
    Form(
        "NT-Xent of unit rows", CHEN,
        shapes="X: m × n, Y: m × m", inputs="X", targets="Y t", facts="rowsum(Y) = 1",
        equations="""
            r = sqrt(rowsum(X**2))
            Z = X/r
            P = softmax(Z @ Z.T/t, axis=1)
            E = -total(Y*log(P))/m
        """,
        published="""
            D = (P - Y)/(m*t)
            D_Z = (D + D.T) @ Z
            X: (D_Z - Z*rowsum(D_Z*Z))/r
        """,
    ),
    Form(
        "CLIP, both ways", RADFORD,
        shapes="A: m × n, B: m × n", inputs="A B",
        equations="""
            S = A @ B.T
            P = softmax(S, axis=1)
            Q = softmax(S, axis=0)
            E = -(trace(log(P)) + trace(log(Q)))/(2*m)
        """,
        published="""
            D = (P + Q - 2*eye(m))/(2*m)
            A: D @ B
            B: D.T @ A
        """,
    ),
    Form(
        "proxies by inner products", MOVSHOVITZ,
        shapes="x: 1 × n, C: k × n, y: 1 × k", inputs="x", targets="y", parameters="C", facts="total(y) = 1",
        equations="""
            s = x @ C.T
            p = softmax(s, axis=1)
            E = -total(y*log(p))
        """,
        published="""
            d = p - y
            x: d @ C
            C: d.T @ x
        """,
    ),
    Form(
        "pairwise squared distances", "any textbook",
        shapes="X: m × n, G: m × m", inputs="X", targets="G",
        equations="""
            r = rowsum(X**2)
            D = r + r.T - 2*X @ X.T
            E = inner(G, D)
        """,
        published="""
            H = G + G.T
            X: 2*(rowsum(H)*X - H @ X)
        """,
    ),
    Form(
        "Barlow twins", "J. Zbontar et al., Barlow Twins, 2021, section 2",
        shapes="A: m × n, B: m × n", inputs="A B",
        equations="""
            C = A.T @ B/m
            E = total((C - eye(n))**2)
        """,
        published="""
            D = 2*(C - eye(n))/m
            A: B @ D.T
            B: A @ D
        """,
    ),
)  # fmt: skip
