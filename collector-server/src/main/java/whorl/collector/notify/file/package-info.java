/** The file that names notifications. */
@NullMarked
package whorl.collector.notify.file;

import org.jspecify.annotations.NullMarked;
