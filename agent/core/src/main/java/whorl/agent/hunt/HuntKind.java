package whorl.agent.hunt;

import java.io.IOException;
import whorl.evidence.channel.HuntQuestion;

/** Answers one kind of question. Runs on {@code whorl-hunt} only, one hunt at a time. */
public interface HuntKind {
  /** One of {@link HuntQuestion#KINDS}. */
  String name();

  /**
   * Looks, and adds what it finds to {@code work}, the newest or most revealing first. It must ask
   * {@link HuntWork#goesOn} before each thing that it looks at, and stop if that says so.
   *
   * @throws HuntRefusedException if the question cannot be answered in this JVM
   */
  void look(HuntQuestion question, HuntWork work) throws IOException, HuntRefusedException;
}
