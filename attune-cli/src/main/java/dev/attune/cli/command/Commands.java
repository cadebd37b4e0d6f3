package dev.attune.cli.command;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;

/** The tree of commands. */
public final class Commands {
    private Commands() {}

    /** All commands over one context. */
    public static CommandLine create(Context context, GlobalOptions options) {
        var root = new CommandLine(new Root(options));
        root.addSubcommand("server", new ProgramCommand.Server());
        root.addSubcommand("demo", new ProgramCommand.Demo());
        root.addSubcommand("simulate", new ProgramCommand.Simulate());
        root.addSubcommand("get", new GetCommand(context));
        root.addSubcommand("put", new PutCommand(context));
        root.addSubcommand("set", new KeyCommands.SetKey(context));
        root.addSubcommand("unset", new KeyCommands.UnsetKey(context));
        root.addSubcommand("effective", new EffectiveCommand(context));
        root.addSubcommand("release", new ReleaseCommand(context));
        root.addSubcommand("rollout", RolloutCommands.create(context));
        root.addSubcommand("change", ChangeCommands.create(context));
        root.addSubcommand("tune", TuneCommands.create(context));
        root.addSubcommand("gray", GrayCommands.create(context));
        root.addSubcommand("settings", SettingsCommands.create(context));
        root.addSubcommand("list", new ListCommand(context));
        root.addSubcommand("history", new HistoryCommand(context));
        root.addSubcommand("diff", new DiffCommand(context));
        root.addSubcommand("rollback", new RollbackCommand(context));
        root.addSubcommand("delete", new DeleteCommand(context));
        root.addSubcommand("import", new ImportCommand(context));
        root.addSubcommand("watch", new WatchCommand(context));
        root.addSubcommand("env", new EnvCommand(context));
        root.addSubcommand("exec", new ExecCommand(context));
        root.addSubcommand("kv", KvCommands.create(context));
        root.addSubcommand("cluster", ClusterCommands.create(context));
        root.addSubcommand("group", GroupCommands.create(context));
        root.addSubcommand("instances", new InstanceCommands.Instances(context));
        root.addSubcommand("blast", new InstanceCommands.Blast(context));
        root.addSubcommand("unused", new InstanceCommands.Unused(context));
        root.addSubcommand("signals", SignalCommands.create(context));
        root.addSubcommand("search", new EstateCommands.Search(context));
        root.addSubcommand("export", new EstateCommands.Export(context));
        root.addSubcommand("import-env", new EstateCommands.ImportEnvironment(context));
        root.addSubcommand("retention", new EstateCommands.Retention(context));
        root.addSubcommand("secret", SecretCommands.create(context));
        root.addSubcommand("audit", AuditCommands.create(context));
        root.addSubcommand("token", TokenCommands.create(context));
        root.addSubcommand("completion", new CompletionCommand(context));
        root.addSubcommand("help", new HelpCommand());
        return root;
    }

    /** A command that only groups others: on its own it shows what there is. */
    static CommandLine group(String name, String description) {
        var spec = CommandLine.Model.CommandSpec.forAnnotatedObject(new Group());
        spec.name(name);
        spec.usageMessage().description(description);
        return new CommandLine(spec);
    }

    @Command(
            name = "attune",
            mixinStandardHelpOptions = true,
            version = "attune 0.1.0-SNAPSHOT",
            synopsisSubcommandLabel = "COMMAND",
            description = {"A distributed, dynamic configuration centre.", ""},
            commandListHeading = "%nCommands:%n")
    static final class Root implements Runnable {
        @Mixin
        final GlobalOptions options;

        @CommandLine.Spec
        CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        Root(GlobalOptions options) {
            this.options = options;
        }

        @Override
        public void run() {
            if (spec != null) spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND")
    static final class Group implements Runnable {
        @CommandLine.Spec
        CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        @Override
        public void run() {
            if (spec != null) spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Print a completion script: source <(attune completion) in bash or zsh.")
    static final class CompletionCommand implements Runnable {
        private final Context context;

        @CommandLine.Spec
        CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        CompletionCommand(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            if (spec == null) return;
            context.terminal()
                    .out()
                    .print(AutoComplete.bash("attune", spec.root().commandLine()));
        }
    }
}
