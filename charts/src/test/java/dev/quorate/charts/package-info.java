/**
 * Tests of the Helm charts: what they render, what they refuse, and what is made from them and
 * checked in. Nothing here needs a Kubernetes; that is what the end-to-end tests are for.
 */
@NullMarked
package dev.quorate.charts;

import org.jspecify.annotations.NullMarked;
