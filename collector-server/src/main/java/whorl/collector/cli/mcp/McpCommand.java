package whorl.collector.cli.mcp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.mcp.CallListener;
import whorl.collector.mcp.McpMessages;
import whorl.collector.mcp.StdioLoop;

/** Serves MCP to the program that has started it. */
@Command(
    name = "mcp",
    header = "Let a language model read a collector (Model Context Protocol).",
    description = {
      "",
      "Reads messages from standard input and answers on standard output, until the input ends."
          + " Programs start it, people do not: register it with an MCP client (docs/mcp.md).",
      "",
      "Its tools only read, with your token's role and scope; what they read is in custody.",
    },
    footer = {
      "%nExample, as a client's configuration names it:",
      "  whorl mcp --url https://whorl.example:7117",
    })
public final class McpCommand implements Callable<Integer> {
  private final CommandContext commandContext;
  private final InputStream in;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  public McpCommand(CommandContext commandContext) {
    this(commandContext, System.in);
  }

  McpCommand(CommandContext commandContext, InputStream in) {
    this.commandContext = commandContext;
    this.in = in;
  }

  @Override
  public Integer call() {
    ClientApi api = new ClientApi(() -> connection.connect(commandContext), commandContext.nanos());
    String version = McpCommand.class.getPackage().getImplementationVersion();
    McpMessages messages =
        new McpMessages(version == null ? "unpackaged" : version, CallListener.NONE);
    try {
      new StdioLoop(messages, api, commandContext.terminal()::note)
          .run(new BufferedInputStream(in), commandContext.terminal().out());
    } catch (IOException e) {
      throw CliException.failed("standard input cannot be read: " + e.getMessage(), null);
    }
    return ExitStatus.DONE;
  }
}
