/** Commands for saved views. */
@NullMarked
package whorl.collector.cli.views;

import org.jspecify.annotations.NullMarked;
