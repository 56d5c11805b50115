package whorl.agent;

import java.util.function.Consumer;
import whorl.agent.ship.CommandListener;
import whorl.evidence.CollectorMessage;

/**
 * What the collector asks for, handed to captures and rules, which are made after the way to it.
 */
final class Commands implements CommandListener {
  private volatile Consumer<CollectorMessage.StartCapture> captures = request -> {};

  private volatile Consumer<CollectorMessage> rules = message -> {};

  /**
   * Must come before the shipper starts.
   *
   * @param rules takes {@link CollectorMessage.RulesWanted} and {@link CollectorMessage.RuleText}
   */
  void connect(Consumer<CollectorMessage.StartCapture> captures, Consumer<CollectorMessage> rules) {
    this.captures = captures;
    this.rules = rules;
  }

  @Override
  public void rules(CollectorMessage.RulesWanted wanted) {
    rules.accept(wanted);
  }

  @Override
  public void rules(CollectorMessage.RuleText text) {
    rules.accept(text);
  }

  @Override
  public void capture(CollectorMessage.StartCapture request) {
    captures.accept(request);
  }
}
