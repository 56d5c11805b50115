/** The web page and the routes that serve its data. */
@NullMarked
package whorl.collector.page;

import org.jspecify.annotations.NullMarked;
