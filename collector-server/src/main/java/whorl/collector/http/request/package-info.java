/** What a route sees: requests, responses, roles, and problems as answers. */
@NullMarked
package whorl.collector.http.request;

import org.jspecify.annotations.NullMarked;
