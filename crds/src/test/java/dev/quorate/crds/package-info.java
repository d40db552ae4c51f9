/** Tests of the custom resources, and the making of their YAML. */
@NullMarked
package dev.quorate.crds;

import org.jspecify.annotations.NullMarked;
