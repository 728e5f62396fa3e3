"""Attention in its forms, and steps of recurrent cells."""

from published.forms import Form

VASWANI = "A. Vaswani et al., Attention Is All You Need, 2017, section 3.2.1"
DAO = "T. Dao et al., FlashAttention, 2022, appendix B.2"
KATHAROPOULOS = "A. Katharopoulos et al., Transformers are RNNs, 2020, section 3.2"
BAHDANAU = "D. Bahdanau, K. Cho and Y. Bengio, 2015, section 3.1"
ELMAN = "J. L. Elman, Finding Structure in Time, 1990"
CHO = "K. Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014, section 2.3"
HOCHREITER = "S. Hochreiter and J. Schmidhuber, 1997; K. Greff et al., LSTM: A Search Space Odyssey, 2015, section II"
ZHOU = "G.-B. Zhou et al., Minimal Gated Unit for Recurrent Neural Networks, 2016"
QKV = "Q: m × d, K: n × d, V: n × p, G: m × p"

FORMS = (
    Form(
        "attention", DAO,
        shapes=QKV, inputs="Q K V", outputs="O: G",
        equations="""
            S = Q @ K.T/sqrt(d)
            P = softmax(S, axis=1)
            O = P @ V
        """,
        published="""
            D_P = G @ V.T
            D_S = P*(D_P - rowsum(P*D_P))
            Q: D_S @ K/sqrt(d)
            K: D_S.T @ Q/sqrt(d)
            V: P.T @ G
        """,
    ),
    Form(
        "attention with a mask that is added", VASWANI,
        shapes=f"{QKV}, M: m × n", inputs="Q K V", targets="M", outputs="O: G",
        equations="""
            S = Q @ K.T/sqrt(d) + M
            P = softmax(S, axis=1)
            O = P @ V
        """,
        published="""
            D_P = G @ V.T
            D_S = P*(D_P - rowsum(G*O))
            Q: D_S @ K/sqrt(d)
            K: D_S.T @ Q/sqrt(d)
            V: P.T @ G
        """,
    ),
    Form(
        "attention by exponentials", DAO,
        shapes=QKV, inputs="Q K V", outputs="O: G",
        equations="""
            S = Q @ K.T
            A = exp(S)
            z = rowsum(A)
            P = A/z
            O = P @ V
        """,
        published="""
            D_P = G @ V.T
            D_S = P*(D_P - rowsum(P*D_P))
            Q: D_S @ K
            K: D_S.T @ Q
            V: P.T @ G
        """,
    ),
    Form(
        "attention with the log-sum kept", DAO,
        shapes=QKV, inputs="Q K V", outputs="O: G",
        equations="""
            S = Q @ K.T
            l = logsumexp(S, axis=1)
            P = exp(S - l)
            O = P @ V
        """,
        published="""
            D_P = G @ V.T
            D_S = P*(D_P - rowsum(P*D_P))
            Q: D_S @ K
            K: D_S.T @ Q
            V: P.T @ G
        """,
    ),
    Form(
        "attention with projections", VASWANI,
        shapes="X: m × n, A: n × d, B: n × d, C: n × p, G: m × p",
        inputs="X", parameters="A B C", outputs="O: G",
        equations="""
            Q = X @ A
            K = X @ B
            V = X @ C
            P = softmax(Q @ K.T/sqrt(d), axis=1)
            O = P @ V
        """,
        published="""
            D_P = G @ V.T
            D_S = P*(D_P - rowsum(P*D_P))/sqrt(d)
            A: X.T @ D_S @ K
            B: X.T @ D_S.T @ Q
            C: X.T @ P.T @ G
        """,
    ),
    Form(
        "attention of the query alone", VASWANI,
        shapes="q: 1 × d, K: n × d, V: n × h, g: 1 × h", inputs="q K V", outputs="o: g",
        equations="""
            p = softmax(q @ K.T, axis=1)
            o = p @ V
        """,
        published="""
            d_p = g @ V.T
            d_s = p*(d_p - inner(g, o))
            q: d_s @ K
            K: d_s.T @ q
            V: p.T @ g
        """,
    ),
    Form(
        "attention without softmax", KATHAROPOULOS,
        shapes=QKV, inputs="Q K V", outputs="O: G",
        equations="""
            A = K.T @ V
            O = Q @ A
        """,
        published="""
            D_A = Q.T @ G
            Q: G @ A.T
            K: V @ D_A.T
            V: K @ D_A
        """,
    ),
    Form(
        "linear attention, normalised", KATHAROPOULOS,
        shapes=QKV, inputs="Q K V", outputs="O: G",
        equations="""
            A = K.T @ V
            z = Q @ colsum(K).T
            O = (Q @ A)/z
        """,
        published="""
            H = G/z
            d_z = -rowsum(H*O)
            D_A = Q.T @ H
            Q: H @ A.T + d_z*colsum(K)
            K: V @ D_A.T + d_z.T @ Q
            V: K @ D_A
        """,
    ),
    Form(
        "additive attention", BAHDANAU,
        shapes="s: 1 × h, H: n × h, W: h × k, U: h × k, v: k × 1, g: 1 × h",
        inputs="s H", parameters="W U v", outputs="c: g",
        equations="""
            T = tanh(s @ W + H @ U)
            e = T @ v
            a = softmax(e, axis=0)
            c = a.T @ H
        """,
        published="""
            d_a = H @ g.T
            d_e = a*(d_a - inner(a, d_a))
            D_T = (d_e @ v.T)*(1 - T**2)
            W: s.T @ colsum(D_T)
            U: H.T @ D_T
            v: T.T @ d_e
        """,
    ),
    Form(
        "Elman cell", ELMAN,
        shapes="X: m × n, H: m × h, W: n × h, U: h × h, b: 1 × h, G: m × h",
        inputs="X H", parameters="W U b", outputs="Y: G",
        equations="Y = tanh(X @ W + H @ U + b)",
        published="""
            D = G*(1 - Y**2)
            W: X.T @ D
            U: H.T @ D
            b: colsum(D)
            H: D @ U.T
        """,
    ),
    Form(
        "GRU cell", CHO,
        shapes="X: m × n, H: m × h, A: n × h, B: h × h, C: n × h, D: h × h, U: n × h, V: h × h, G: m × h",
        inputs="X H", parameters="A B C D U V", outputs="Y: G",
        equations="""
            R = sigmoid(X @ A + H @ B)
            Z = sigmoid(X @ C + H @ D)
            N = tanh(X @ U + (R*H) @ V)
            Y = Z*H + (1 - Z)*N
        """,
        published="""
            D_N = G*(1 - Z)*(1 - N**2)
            D_Z = G*(H - N)*Z*(1 - Z)
            D_Q = D_N @ V.T
            D_R = D_Q*H*R*(1 - R)
            A: X.T @ D_R
            B: H.T @ D_R
            C: X.T @ D_Z
            D: H.T @ D_Z
            U: X.T @ D_N
            V: (R*H).T @ D_N
        """,
    ),
    Form(
        "LSTM cell", HOCHREITER,
        shapes="X: m × n, H: m × h, C: m × h, A: n × h, B: n × h, U: n × h, V: n × h, G: m × h",
        inputs="X H C", parameters="A B U V", outputs="Y: G",
        equations="""
            I = sigmoid(X @ A)
            F = sigmoid(X @ B)
            O = sigmoid(X @ U)
            N = tanh(X @ V)
            S = F*C + I*N
            T = tanh(S)
            Y = O*T
        """,
        published="""
            D_S = G*O*(1 - T**2)
            A: X.T @ (D_S*N*I*(1 - I))
            B: X.T @ (D_S*C*F*(1 - F))
            U: X.T @ (G*T*O*(1 - O))
            V: X.T @ (D_S*I*(1 - N**2))
            C: D_S*F
        """,
    ),
    Form(
        "LSTM cell with peepholes", HOCHREITER,
        shapes="X: m × n, C: m × h, A: n × h, B: n × h, U: n × h, V: n × h, p: 1 × h, q: 1 × h, r: 1 × h, G: m × h",
        inputs="X C", parameters="A B U V p q r", outputs="Y: G",
        equations="""
            I = sigmoid(X @ A + p*C)
            F = sigmoid(X @ B + q*C)
            N = tanh(X @ V)
            S = F*C + I*N
            O = sigmoid(X @ U + r*S)
            T = tanh(S)
            Y = O*T
        """,
        published="""
            D_O = G*T*O*(1 - O)
            D_S = G*O*(1 - T**2) + D_O*r
            D_I = D_S*N*I*(1 - I)
            D_F = D_S*C*F*(1 - F)
            A: X.T @ D_I
            B: X.T @ D_F
            U: X.T @ D_O
            V: X.T @ (D_S*I*(1 - N**2))
            p: colsum(D_I*C)
            q: colsum(D_F*C)
            r: colsum(D_O*S)
        """,
    ),
    Form(
        "minimal gated unit", ZHOU,
        shapes="X: m × n, H: m × h, A: n × h, B: h × h, U: n × h, V: h × h, G: m × h",
        inputs="X H", parameters="A B U V", outputs="Y: G",
        equations="""
            F = sigmoid(X @ A + H @ B)
            R = F*H
            N = tanh(X @ U + R @ V)
            Y = (1 - F)*H + F*N
        """,
        published="""
            D_N = G*F*(1 - N**2)
            D_R = D_N @ V.T
            D_F = (G*(N - H) + D_R*H)*F*(1 - F)
            A: X.T @ D_F
            B: H.T @ D_F
            U: X.T @ D_N
            V: R.T @ D_N
        """,
    ),
)  # fmt: skip
