/** The custom resources as their users write them; the CRD's YAML is generated from these types. */
@NullMarked
package dev.quorate.crds;

import org.jspecify.annotations.NullMarked;
