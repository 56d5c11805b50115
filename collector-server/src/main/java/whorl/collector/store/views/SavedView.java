package whorl.collector.store.views;

import java.time.Instant;
import whorl.evidence.Id;

/**
 * A filter of a view of the page, under a name.
 *
 * @param by the name of whose it is
 * @param kind what it filters, such as {@code timeline}
 * @param query the filter as in the page's address, such as {@code type=whorl.File*&q=passwd}
 * @param shared true if everybody may see it
 */
public record SavedView(
    Id id, String by, String kind, String name, String query, boolean shared, Instant changedAt) {}
