/* The whole loop of training by hand: w holds w1 ... w8, b1, b2; x holds i1, i2, t1, t2. */
#include <math.h>

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

void train(long updates, double *w, const double *x, double rate, double *losses)
{
    double w1 = w[0], w2 = w[1], w3 = w[2], w4 = w[3], w5 = w[4], w6 = w[5], w7 = w[6], w8 = w[7], b1 = w[8], b2 = w[9];
    const double i1 = x[0], i2 = x[1], t1 = x[2], t2 = x[3];
    for (long k = 0; k < updates; k++) {
        double a_h1 = sigmoid(w1 * i1 + w2 * i2 + b1), a_h2 = sigmoid(w3 * i1 + w4 * i2 + b1);
        double a_o1 = sigmoid(w5 * a_h1 + w6 * a_h2 + b2), a_o2 = sigmoid(w7 * a_h1 + w8 * a_h2 + b2);
        double e1 = a_o1 - t1, e2 = a_o2 - t2;
        losses[k] = 0.5 * (e1 * e1 + e2 * e2);
        double d_o1 = e1 * a_o1 * (1 - a_o1), d_o2 = e2 * a_o2 * (1 - a_o2);
        double d_h1 = (d_o1 * w5 + d_o2 * w7) * a_h1 * (1 - a_h1), d_h2 = (d_o1 * w6 + d_o2 * w8) * a_h2 * (1 - a_h2);
        w1 -= rate * d_h1 * i1;
        w2 -= rate * d_h1 * i2;
        w3 -= rate * d_h2 * i1;
        w4 -= rate * d_h2 * i2;
        w5 -= rate * d_o1 * a_h1;
        w6 -= rate * d_o1 * a_h2;
        w7 -= rate * d_o2 * a_h1;
        w8 -= rate * d_o2 * a_h2;
        b1 -= rate * (d_h1 + d_h2);
        b2 -= rate * (d_o1 + d_o2);
    }
    double after[] = {w1, w2, w3, w4, w5, w6, w7, w8, b1, b2};
    for (int k = 0; k < 10; k++) w[k] = after[k];
}
