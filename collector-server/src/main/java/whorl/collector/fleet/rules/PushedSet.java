package whorl.collector.fleet.rules;

import whorl.collector.store.rules.RuleSetRecord;

/**
 * A set of rules that is pushed, and what became of it at the connected agents of a scope.
 *
 * @param loaded agents that use this version
 * @param refused agents that said why they cannot use it
 * @param waiting agents that have not answered yet
 * @param unsupported agents that are too old for pushed rules
 */
public record PushedSet(
    RuleSetRecord set, long loaded, long refused, long waiting, long unsupported) {}
