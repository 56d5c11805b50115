/** Whether the server answers. */
@NullMarked
package whorl.collector.http.health;

import org.jspecify.annotations.NullMarked;
