/** Times and spans as people write them, in commands, requests and files. */
@NullMarked
package whorl.collector.times;

import org.jspecify.annotations.NullMarked;
