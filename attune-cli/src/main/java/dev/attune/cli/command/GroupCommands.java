package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Named sets of grants. */
final class GroupCommands {
    private static final String BASE = "/api/v1/groups";

    private GroupCommands() {}

    static CommandLine create(Context context) {
        CommandLine group = Commands.group("group", "Set what the tokens of a group may do.");
        group.addSubcommand("put", new Put(context));
        group.addSubcommand("list", new ListAll(context));
        group.addSubcommand("remove", new Remove(context));
        return group;
    }

    /** Grants as {@code ENV/APP/FILE:verb,verb}. */
    static ArrayNode grants(List<String> texts) {
        ArrayNode grants = Json.array();
        for (String text : texts) {
            int sign = text.lastIndexOf(':');
            String[] parts = sign < 0 ? new String[0] : text.substring(0, sign).split("/", -1);
            if (parts.length != 3)
                throw new IllegalArgumentException(
                        "--grant: " + text + " (expected: ENV/APP/FILE:verb,verb with * for any)");
            ObjectNode grant = grants.addObject();
            grant.put("environment", parts[0]).put("application", parts[1]).put("file", parts[2]);
            ArrayNode verbs = grant.putArray("verbs");
            for (String verb : text.substring(sign + 1).split(",", -1)) verbs.add(verb.strip());
        }
        return grants;
    }

    @Command(mixinStandardHelpOptions = true, description = "Set the grants of a group; holds at once for its tokens.")
    static final class Put implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "GROUP", description = "Its name.")
        String name = "";

        @Option(
                names = "--grant",
                required = true,
                paramLabel = "ENV/APP/FILE:VERBS",
                description = "As in 'prod/orders*/*:read,edit'; may be repeated.")
        List<String> grants = new ArrayList<>();

        Put(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object();
            body.set("grants", grants(grants));
            JsonNode done = context.client().call(ApiRequest.json("PUT", BASE + "/" + ApiRequest.encode(name), body));
            context.answer(done, () -> "group " + name + " has " + grants.size() + " grants");
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the groups and their grants.")
    record ListAll(Context context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode groups = context.client().get(BASE);
            context.answer(groups, () -> {
                Table table = Table.of("GROUP", "GRANT");
                for (JsonNode group : groups.path("groups"))
                    for (JsonNode grant : group.path("grants"))
                        table.row(
                                group.path("name").asText(),
                                grant.path("environment").asText() + "/"
                                        + grant.path("application").asText() + "/"
                                        + grant.path("file").asText() + ":" + grant.path("verbs"));
                return table.text();
            });
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Remove a group.")
    static final class Remove implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "GROUP", description = "Its name.")
        String name = "";

        Remove(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode done = context.client().call(ApiRequest.of("DELETE", BASE + "/" + ApiRequest.encode(name)));
            context.answer(done, () -> "removed " + name);
            return 0;
        }
    }
}
