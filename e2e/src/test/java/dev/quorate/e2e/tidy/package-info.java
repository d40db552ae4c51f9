/**
 * The rules about how the sources look: every Java file of the repository is read, and each offence
 * is named with its file, its line and what to do instead.
 */
@NullMarked
package dev.quorate.e2e.tidy;

import org.jspecify.annotations.NullMarked;
