/** The HTTP edge: pipeline, routing, tokens and roles, problem details. */
@NullMarked
package whorl.collector.http;

import org.jspecify.annotations.NullMarked;
