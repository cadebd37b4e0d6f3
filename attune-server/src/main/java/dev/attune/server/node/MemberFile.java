package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.server.cluster.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The members' addresses on a witness's disk: it has no state to read them from after a restart. A line for each, its
 * parts set apart by blanks.
 */
final class MemberFile {
    private final Path file;
    private String written = "";

    MemberFile(Path file) {
        this.file = file;
    }

    /** What was written last; nothing when nothing was. */
    List<Member> read() throws IOException {
        List<Member> members = new ArrayList<>();
        if (!Files.exists(file)) return members;
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split(" ", -1);
            if (parts.length != 3) throw new IOException(file + " is damaged (expected: lines of ID PEER API)");
            members.add(new Member(new MemberId(parts[0]), parts[1], parts[2]));
        }
        return members;
    }

    /** Replaces what is there, when it is not the same. */
    void write(List<Member> members) throws IOException {
        String text = members.stream()
                .map(each -> each.id() + " " + each.peerAddress() + " " + each.apiAddress() + "\n")
                .collect(Collectors.joining());
        if (text.equals(written)) return;
        PrivateFile.write(file, text);
        written = text;
    }
}
