package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Table;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Policies and what they decided. */
final class TuneCommands {
    private TuneCommands() {}

    static CommandLine create(Context context) {
        CommandLine tune = Commands.group(
                "tune",
                "See what policies change and why; agree, decline, take back, hold. Policies are *.policy files.");
        tune.addSubcommand("list", new ListAll(context));
        tune.addSubcommand("explain", new Explain(context));
        tune.addSubcommand("timeline", new TuneLook.Timeline(context));
        tune.addSubcommand("backtest", new TuneLook.Backtest(context));
        tune.addSubcommand("profile", new TuneLook.Profile(context));
        tune.addSubcommand("approve", step(context, "approve", "Agree to a change that a policy asks for."));
        tune.addSubcommand("reject", step(context, "reject", "Decline it; the value is barred for a while."));
        tune.addSubcommand("revert", step(context, "revert", "Take a policy's change back, and bar the value."));
        tune.addSubcommand("pin", new TuneHolds.Pin(context));
        tune.addSubcommand("unpin", new TuneHolds.Unpin(context));
        tune.addSubcommand("pins", new TuneHolds.Pins(context));
        tune.addSubcommand("pause", new TuneHolds.Pause(context));
        tune.addSubcommand("resume", new TuneHolds.Resume(context));
        tune.addSubcommand("kill-switch", TuneHolds.killSwitch(context));
        return tune;
    }

    private static CommandLine step(Context context, String word, String description) {
        CommandLine command = new CommandLine(new Step(context, word));
        command.getCommandSpec().usageMessage().description(description);
        return command;
    }

    /** Which policy: {@code env/app/policy}. */
    static final class Which {
        @Parameters(index = "0", paramLabel = "ENV/APP/POLICY", description = "The policy.")
        String address = "";

        String path(String more) {
            String[] parts = address.split("/", -1);
            if (parts.length != 3)
                throw new IllegalArgumentException("policy: " + address + " (expected: env/app/policy)");
            return application(parts[0], parts[1]) + "/policies/" + ApiRequest.encode(parts[2]) + more;
        }
    }

    /** Which application: {@code env/app}. */
    static final class WhichApplication {
        @Parameters(index = "0", paramLabel = "ENV/APP", description = "The application.")
        String address = "";

        String path(String more) {
            String[] parts = address.split("/", -1);
            if (parts.length != 2)
                throw new IllegalArgumentException("application: " + address + " (expected: env/app)");
            return application(parts[0], parts[1]) + more;
        }
    }

    static String application(String environment, String application) {
        return "/api/v1/envs/" + ApiRequest.encode(environment) + "/apps/" + ApiRequest.encode(application) + "/tune";
    }

    @Command(mixinStandardHelpOptions = true, description = "List the policies of an environment.")
    static final class ListAll implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        ListAll(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode all = context.client().get("/api/v1/envs/" + ApiRequest.encode(environment) + "/tune");
            context.answer(all, () -> {
                Table table = Table.of("POLICY", "MODE", "KEY", "VALUE", "DECISIONS", "LAST", "STATE");
                for (JsonNode each : all.path("policies"))
                    table.row(
                            each.path("application").asText() + "/"
                                    + each.path("policy").asText(),
                            each.path("mode").asText(),
                            each.path("key").asText(),
                            each.path("value").asText("-"),
                            each.path("decisions").asLong(),
                            last(each.path("last")),
                            state(each));
                StringBuilder text = new StringBuilder(table.text());
                for (JsonNode each : all.path("problems"))
                    text.append("problem: ").append(each.asText()).append('\n');
                return text.toString();
            });
            return 0;
        }

        private static String last(JsonNode last) {
            if (last.isMissingNode()) return "-";
            String code = last.path("code").asText();
            return code.isEmpty() ? last.path("outcome").asText() : code;
        }

        /** What a person should know first. */
        static String state(JsonNode policy) {
            if (!policy.path("problem").asText().isEmpty())
                return "problem: " + policy.path("problem").asText();
            if (!policy.path("off").asText().isEmpty())
                return "off: " + policy.path("off").asText();
            if (!policy.path("tripped").asText().isEmpty())
                return "tripped: " + policy.path("tripped").asText();
            if (policy.has("waiting"))
                return "asks for " + policy.path("waiting").path("to").asText() + ": attune tune approve …  "
                        + policy.path("waiting").path("decision").asLong();
            if (policy.path("rollout").path("trial").asBoolean())
                return "tries " + policy.path("rollout").path("to").asText() + " by rollout "
                        + policy.path("rollout").path("rollout").asLong();
            if (policy.has("rollout"))
                return "rollout " + policy.path("rollout").path("rollout").asLong() + " brings "
                        + policy.path("rollout").path("to").asText();
            if (!policy.path("pinned").asText().isEmpty())
                return "pinned: " + policy.path("pinned").asText();
            return policy.has("verifying") ? "watches its last change" : "";
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Say in a sentence what a policy decided and why, newest first;",
                "with a number, everything that the decision rests on."
            })
    static final class Explain implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        Which which = new Which();

        @Parameters(index = "1", arity = "0..1", paramLabel = "DECISION", description = "Number of a decision.")
        @Nullable Long decision;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "10", description = "How many (default: 10).")
        int limit;

        @Option(names = "--all", description = "Also those that wanted nothing.")
        boolean all;

        Explain(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            if (decision != null) {
                JsonNode one = context.client().get(which.path("/decisions/" + decision));
                context.answer(one, () -> text(one));
                return 0;
            }
            JsonNode many = context.client().get(which.path("/decisions?limit=" + limit + "&all=" + all));
            context.answer(many, () -> {
                StringBuilder text = new StringBuilder();
                for (JsonNode each : many.path("decisions")) sentence(text, each);
                return text.isEmpty() ? "Nothing was decided yet.\n" : text.toString();
            });
            return 0;
        }

        private static void sentence(StringBuilder text, JsonNode decision) {
            text.append(decision.path("decision").asLong())
                    .append("  ")
                    .append(decision.path("sentence").asText())
                    .append('\n');
            for (JsonNode each : decision.path("then"))
                text.append("     → ")
                        .append(each.path("what").asText())
                        .append("  ")
                        .append(each.path("sentence").asText())
                        .append('\n');
        }

        private static String text(JsonNode decision) {
            StringBuilder text = new StringBuilder();
            sentence(text, decision);
            text.append("  policy    ")
                    .append(decision.path("policy").asText())
                    .append(' ')
                    .append(decision.path("version").asText())
                    .append(", mode ")
                    .append(decision.path("mode").asText())
                    .append(", term ")
                    .append(decision.path("term").asLong())
                    .append('\n');
            text.append("  checked   ").append(words(decision.path("passed"))).append('\n');
            for (Map.Entry<String, JsonNode> each : decision.path("evidence").properties())
                text.append("  evidence  ")
                        .append(each.getKey())
                        .append(" = ")
                        .append(each.getValue().asText("unknown"))
                        .append('\n');
            for (JsonNode signal : decision.path("signals")) {
                text.append("  signal    ")
                        .append(signal.path("name").asText())
                        .append(" = ")
                        .append(value(signal))
                        .append('\n');
                for (JsonNode input : signal.path("inputs"))
                    text.append("            ")
                            .append(input.path("question").asText())
                            .append(" = ")
                            .append(value(input))
                            .append(", on ")
                            .append(input.path("instances").asInt())
                            .append(" instances, ")
                            .append(Math.round(input.path("coverage").asDouble() * 100))
                            .append(" % covered\n");
            }
            JsonNode replays = decision.path("replays");
            text.append("  replay    ")
                    .append(
                            replays.isNull()
                                    ? "not possible, the policy's text is gone"
                                    : replays.asBoolean() ? "the same to the bit" : "DIFFERS from the record")
                    .append('\n');
            return text.toString();
        }

        private static String value(JsonNode node) {
            String missing = node.path("missing").asText();
            return missing.isEmpty() ? node.path("value").asText() : "missing (" + missing + ")";
        }

        private static String words(JsonNode array) {
            StringBuilder text = new StringBuilder();
            for (JsonNode each : array) text.append(text.isEmpty() ? "" : ", ").append(each.asText());
            return text.isEmpty() ? "-" : text.toString();
        }
    }

    @Command(mixinStandardHelpOptions = true)
    static final class Step implements Callable<Integer> {
        private final Context context;
        private final String word;

        @CommandLine.Mixin
        Which which = new Which();

        @Parameters(index = "1", paramLabel = "DECISION", description = "Number of the decision.")
        long decision;

        @Option(
                names = {"-m", "--message", "--reason"},
                paramLabel = "TEXT",
                description = "Why.")
        String message = "";

        Step(Context context, String word) {
            this.context = context;
            this.word = word;
        }

        @Override
        public Integer call() {
            String query = message.isEmpty() ? "" : "?message=" + ApiRequest.encode(message);
            String path = which.path("/decisions/" + decision + "/" + word + query);
            JsonNode done = context.client().call(ApiRequest.of("POST", path));
            context.answer(done, () -> told(done));
            return 0;
        }

        private String told(JsonNode done) {
            long release = done.path("release").asLong();
            long rollout = done.path("rollout").asLong();
            if (release > 0) return "done: release " + release;
            if (rollout > 0) return "done: rollout " + rollout + " brings it";
            if (done.path("needed").asInt() > done.path("approvals").asInt())
                return done.path("approvals").asInt() + " of "
                        + done.path("needed").asInt() + " approvals";
            return word.equals("revert") ? "its rollout goes back" : "done";
        }
    }
}
