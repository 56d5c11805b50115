package whorl.collector.receive.bag;

import org.jspecify.annotations.Nullable;

/**
 * Who imports evidence.
 *
 * @param actor their name in custody
 * @param namespace whose the evidence is to be; null if the importer does not say
 * @param service likewise; if neither is given, only those who see everything see it
 */
public record Importer(String actor, @Nullable String namespace, @Nullable String service) {}
