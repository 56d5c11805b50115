package whorl.collector.store.hunts;

import whorl.evidence.Id;
import whorl.evidence.channel.HuntRow;

/**
 * A row of a hunt.
 *
 * @param number counts up in the order in which rows came
 */
public record FoundRow(long number, Id agent, AskedAgent.Brief brief, HuntRow row) {}
