/**
 * What every part of the collector is built on: its settings, files, records, objects and clock.
 */
@NullMarked
package whorl.collector.wiring.base;

import org.jspecify.annotations.NullMarked;
