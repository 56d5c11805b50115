/** What a case of the lab is: its descriptor, what is expected of it, and where all are. */
@NullMarked
package whorl.lab.cases;

import org.jspecify.annotations.NullMarked;
