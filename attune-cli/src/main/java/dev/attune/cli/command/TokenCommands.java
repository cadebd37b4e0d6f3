package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who may talk to the centre. */
final class TokenCommands {
    private static final String BASE = "/api/v1/tokens";

    private TokenCommands() {}

    static CommandLine create(Context context) {
        CommandLine token = Commands.group("token", "Make, list and revoke tokens.");
        token.addSubcommand("create", new Create(context));
        token.addSubcommand("list", new ListAll(context));
        token.addSubcommand("revoke", new Revoke(context));
        return token;
    }

    /** What a token allows. */
    enum Role {
        reader,
        publisher,
        admin,
        scoped
    }

    @Command(mixinStandardHelpOptions = true, description = "Make a token. It is shown once and kept only hashed.")
    static final class Create implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "NAME", description = "Who it is for.")
        String name = "";

        @Option(names = "--role", required = true, paramLabel = "ROLE", description = "${COMPLETION-CANDIDATES}.")
        Role role = Role.reader;

        @Option(
                names = "--grant",
                paramLabel = "ENV/APP/FILE:VERBS",
                description = "With the role scoped, as in 'prod/orders/*:read,read-secret'; may be repeated.")
        List<String> grants = new ArrayList<>();

        @Option(names = "--group", paramLabel = "NAME", description = "With the role scoped; may be repeated.")
        List<String> groups = new ArrayList<>();

        @Option(names = "--days", paramLabel = "N", description = "It ends after so many days (default: never).")
        @Nullable Integer days;

        @Option(names = "--to", paramLabel = "FILE", description = "Write it to this new file, readable by you only.")
        @Nullable Path file;

        Create(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            Path target = file == null ? null : context.workingDirectory().resolve(file);
            if (target != null) {
                // Made before the token is, so that a file that cannot be written costs no token.
                Files.createFile(
                        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            var body = Json.object().put("name", name).put("role", role.name().toLowerCase(Locale.ROOT));
            if (!grants.isEmpty()) body.set("grants", GroupCommands.grants(grants));
            groups.forEach(body.withArray("groups")::add);
            if (groups.isEmpty()) body.remove("groups");
            if (days != null) body.put("validSeconds", TimeUnit.DAYS.toSeconds(days));
            JsonNode answer;
            try {
                answer = context.client().call(ApiRequest.json("POST", BASE, body));
            } catch (RuntimeException e) {
                if (target != null) Files.deleteIfExists(target);
                throw e;
            }
            String token = answer.path("token").asText();
            if (target == null) {
                context.answer(answer, () -> token);
            } else {
                Files.writeString(target, token + "\n", StandardCharsets.UTF_8);
                context.terminal().say("wrote the token of " + name + " to " + file);
            }
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the tokens, never their secrets.")
    record ListAll(Context context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode tokens = context.client().get(BASE);
            context.answer(tokens, () -> {
                var table = Table.of("ID", "NAME", "ROLE", "CREATED", "ENDS");
                for (JsonNode token : tokens.path("tokens")) {
                    table.row(
                            token.path("id").asText(),
                            token.path("name").asText(),
                            token.path("role").asText(),
                            Times.show(token.path("created").asText()),
                            token.has("expires")
                                    ? Times.show(token.path("expires").asText())
                                    : "");
                }
                return table.text();
            });
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Revoke a token at once.")
    static final class Revoke implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ID", description = "As 'token list' shows it.")
        String id = "";

        Revoke(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().call(ApiRequest.of("DELETE", BASE + "/" + ApiRequest.encode(id)));
            context.answer(answer, () -> "revoked " + id);
            return 0;
        }
    }
}
