/**
 * What the Secrets of a cluster should hold, as pure functions: which authority signs, which one is
 * next, who is still believed, and which certificate is renewed when. Nothing here reads a clock or
 * makes a key.
 *
 * <p>An authority is replaced in generations. First the next one is believed beside the present one
 * everywhere; when every member says that it has read so, the next one signs, and certificates are
 * made anew; when every member shows the new ones, the old authority is forgotten. Each step is one
 * write of one Secret, and what comes next follows from what the Secrets hold and the members say,
 * so it does not matter where an operator stopped.
 *
 * <pre>
 *   signing A, believed A
 *     PrepareNext    signing A, next B, believed A       the key of B is there
 *     Distribute     signing A, next B, believed A and B  in every Secret, then in every member
 *     Promote        signing B, retired A, believed A and B
 *     Issue          every certificate by B, then in every member
 *     Retire         signing B, believed B
 * </pre>
 */
@NullMarked
package dev.quorate.operator.certificate;

import org.jspecify.annotations.NullMarked;
