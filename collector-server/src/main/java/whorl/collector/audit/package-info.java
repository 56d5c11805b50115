/** The custody log over HTTP: who did what with evidence and with the collector, and its tiles. */
@NullMarked
package whorl.collector.audit;

import org.jspecify.annotations.NullMarked;
