/**
 * The Model Context Protocol: a language model asks a collector, with the rights of the person
 * whose token its client has.
 */
@NullMarked
package whorl.collector.mcp;

import org.jspecify.annotations.NullMarked;
