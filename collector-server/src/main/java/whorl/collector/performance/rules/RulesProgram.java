package whorl.collector.performance.rules;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.flightrecorder.CouldNotLoadRecordingException;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.ResultToolkit;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * The main class of the confined JVM that runs Mission Control's rules. It prints the ids of all
 * rules in the first line, a JSON array, and then one {@link RuleResult} in each line, as soon as
 * it is there: if this JVM is killed, what it found until then is known, and which rules are left.
 *
 * <p>Arguments: how many milliseconds the rules may take, and the recording's file.
 */
public final class RulesProgram {
  private static final int THREADS = 2;
  private static final String IGNORED = "Ignored";
  private static final long LOOK_EVERY_MILLIS = 20;

  /** What every chunk of a recording begins with. */
  private static final byte[] BEGINNING = {'F', 'L', 'R', 0};

  private final PrintStream out;

  private RulesProgram(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments)
      throws IOException, CouldNotLoadRecordingException, InterruptedException {
    // the rules have texts in other languages too; here dates are 2026-11-30, in the page's UTC
    Locale.setDefault(Locale.CANADA);
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // whatever a library prints is no line of ours
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[0]));
    new RulesProgram(out).run(new File(arguments[1]), deadline);
  }

  private void run(File recording, long deadline)
      throws IOException, CouldNotLoadRecordingException, InterruptedException {
    List<IRule> rules = new ArrayList<>(RuleRegistry.getRules());
    rules.sort(Comparator.comparing(IRule::getId));
    out.println(Json.text(rules.stream().map(IRule::getId).toList()));
    requireRecording(recording);
    IItemCollection events = JfrLoaderToolkit.loadEvents(recording);
    // rules that need results of others get them
    print(RulesToolkit.evaluateParallel(rules, events, null, THREADS), deadline);
  }

  /**
   * Mission Control also unpacks files of gzip, ZIP and LZ4. No agent sends those: only an attacker
   * would, to reach the unpacking, some of it native code, or memory by a small file.
   */
  private static void requireRecording(File file) throws IOException {
    try (InputStream in = Files.newInputStream(file.toPath())) {
      if (!Arrays.equals(in.readNBytes(BEGINNING.length), BEGINNING)) {
        throw new IOException("the file does not begin like a recording");
      }
    }
  }

  private void print(Map<IRule, Future<IResult>> running, long deadline)
      throws InterruptedException {
    Collection<Map.Entry<IRule, Future<IResult>>> left = new ArrayList<>(running.entrySet());
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      for (Iterator<Map.Entry<IRule, Future<IResult>>> each = left.iterator(); each.hasNext(); ) {
        Map.Entry<IRule, Future<IResult>> one = each.next();
        if (one.getValue().isDone()) {
          out.println(Json.text(result(one.getKey(), one.getValue())));
          each.remove();
        }
      }
      TimeUnit.MILLISECONDS.sleep(left.isEmpty() ? 0 : LOOK_EVERY_MILLIS);
    }
    for (Map.Entry<IRule, Future<IResult>> one : left) {
      out.println(Json.text(failed(one.getKey(), "it took too long")));
    }
  }

  private static RuleResult result(IRule rule, Future<IResult> done) throws InterruptedException {
    try {
      IResult result = done.get();
      return result == null ? failed(rule, "it gave no result") : result(rule, result);
    } catch (ExecutionException thrown) {
      return failed(rule, "it failed: " + thrown.getCause());
    } catch (RuntimeException thrown) {
      return failed(rule, "its result can't be read: " + thrown);
    }
  }

  private static RuleResult failed(IRule rule, String reason) {
    return RuleResult.failed(rule.getId(), name(rule), Text.shortened(reason));
  }

  private static RuleResult result(IRule rule, IResult result) {
    RuleResult.Outcome outcome = outcome(result);
    boolean found = outcome == RuleResult.Outcome.WARNING || outcome == RuleResult.Outcome.INFO;
    IQuantity score = found ? result.getResult(TypedResult.SCORE) : null;
    return new RuleResult(
        rule.getId(),
        name(rule),
        rule.getTopic(),
        outcome,
        score == null ? null : score.doubleValue(),
        outcome == RuleResult.Outcome.NOT_APPLICABLE
            ? whyNot(rule, result)
            : text(result, result.getSummary()),
        found ? text(result, result.getExplanation()) : "",
        found ? text(result, result.getSolution()) : "");
  }

  private static RuleResult.Outcome outcome(IResult result) {
    return switch (result.getSeverity()) {
      case WARNING -> RuleResult.Outcome.WARNING;
      case INFO -> RuleResult.Outcome.INFO;
      case OK -> RuleResult.Outcome.OK;
      default -> RuleResult.Outcome.NOT_APPLICABLE;
    };
  }

  /** A rule is ignored where its events are not in the recording; by itself it only says so. */
  private static String whyNot(IRule rule, IResult result) {
    String summary = text(result, result.getSummary());
    String events = String.join(", ", new TreeSet<>(rule.getRequiredEvents().keySet()));
    return summary.equals(IGNORED) && !events.isEmpty()
        ? RuleTexts.plain("the recording lacks some of what it needs: " + events)
        : summary;
  }

  private static String name(IRule rule) {
    String name = rule.getName();
    return name == null ? rule.getId() : RuleTexts.plain(name);
  }

  /** A text with its values filled in; as it is where a value is missing. */
  private static String text(IResult result, @Nullable String template) {
    try {
      return RuleTexts.plain(ResultToolkit.populateMessage(result, template, true));
    } catch (RuntimeException missing) {
      return RuleTexts.plain(template);
    }
  }
}
