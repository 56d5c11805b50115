package whorl.collector.fleet.chain;

/**
 * Something wrong in an agent's chain.
 *
 * @param sentence what was received, for people; no capital at its start and no full stop
 * @param messages how many messages are missing; 0 for other faults
 */
record ChainFinding(ChainFault fault, String sentence, long messages) {
  static ChainFinding of(ChainFault fault, String sentence) {
    return new ChainFinding(fault, sentence, 0);
  }
}
