/** Tests of the starts, and their short form. */
@NullMarked
package whorl.behaviour.starts;

import org.jspecify.annotations.NullMarked;
