/** The web page and what feeds it. */
@NullMarked
package whorl.collector.page;

import org.jspecify.annotations.NullMarked;
