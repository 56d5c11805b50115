package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    header = "Check evidence on this machine; needs no server.",
    description = {
      "",
      "Checks every digest, the agent's signature and the custody chain of a bag (zip or"
          + " unpacked), an agent's evidence folder or a whole data folder of a collector.",
    },
    footer = {
      "%nExit status 3 when anything is wrong; each problem is named.",
      "%nExample:",
      "  whorl verify 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f.zip",
    })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class VerifyCommand implements Callable<Integer> {
  private final Session session;
  private final Verifier verifier;

  @Parameters(paramLabel = "FILE|DIR", description = "What to check.", arity = "1..*")
  private List<Path> paths;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  VerifyCommand(Session session, Verifier verifier) {
    this.session = session;
    this.verifier = verifier;
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> results = new ArrayList<>();
    boolean verified = true;
    for (Path path : paths) {
      Verifier.Verdict verdict = check(verifier, path);
      verified &= verdict.verified();
      if (json) {
        results.add(asJson(path, verdict));
      } else {
        print(session.terminal(), path, verdict);
      }
    }
    if (json) {
      session.terminal().json(Map.of("results", results));
    }
    return verified ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }

  /** The verdict; a path that cannot be checked is an error of its own. */
  static Verifier.Verdict check(Verifier verifier, Path path) {
    if (!Files.exists(path)) {
      throw CliException.failed(path + ": no such file or folder", null);
    }
    try {
      return verifier.verify(path);
    } catch (IOException e) {
      throw CliException.failed(
          "cannot check " + path + ": " + Problems.text(e),
          "give a bag, an evidence folder or a collector's data folder");
    }
  }

  static Map<String, Object> asJson(Path path, Verifier.Verdict verdict) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("path", path.toString());
    result.put("verified", verdict.verified());
    result.put("evidence", verdict.evidence());
    result.put("artifacts", verdict.artifacts());
    result.put("bytes", verdict.bytes());
    result.put("problems", verdict.problems());
    result.put("notes", verdict.notes());
    return result;
  }

  /** One line that says how it is, then every problem and note. */
  static void print(Terminal terminal, Path path, Verifier.Verdict verdict) {
    terminal.line(
        path
            + (verdict.verified() ? ": verified, " : ": NOT verified, ")
            + counted(verdict.artifacts(), "artifact")
            + ", "
            + Table.size(verdict.bytes())
            + (verdict.evidence() == 1 ? "" : ", " + verdict.evidence() + " pieces of evidence"));
    verdict.problems().forEach(line -> terminal.line("  problem: " + line));
    verdict.notes().forEach(line -> terminal.line("  note: " + line));
  }

  private static String counted(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}
