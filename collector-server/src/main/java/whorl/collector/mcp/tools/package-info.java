/** What a language model may ask a collector: tools that only read, whatever carries the calls. */
@NullMarked
package whorl.collector.mcp.tools;

import org.jspecify.annotations.NullMarked;
