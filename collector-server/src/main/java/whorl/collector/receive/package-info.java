/** What receiving evidence needs of others and counts; its packages have the steps. */
@NullMarked
package whorl.collector.receive;

import org.jspecify.annotations.NullMarked;
