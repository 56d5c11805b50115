/** What the chart makes of its values. */
@NullMarked
package whorl.deploy;

import org.jspecify.annotations.NullMarked;
