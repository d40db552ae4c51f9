package dev.quorate.operator.platform;

import org.jspecify.annotations.Nullable;

/**
 * Which pod template a member gets instead of another, both by their marks.
 *
 * @param from what it is put back to if the other does not prove itself; null if nothing is known
 *     to be good
 */
public record TemplateChange(@Nullable String from, String to) {}
