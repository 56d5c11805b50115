/** The client of the collector's HTTP API: connection, requests, downloads, and returned rows. */
@NullMarked
package whorl.collector.cli.client;

import org.jspecify.annotations.NullMarked;
