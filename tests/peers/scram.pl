#!/usr/bin/perl
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# A SCRAM server for the hashes that GNU SASL has not, around Authen::SCRAM: scram.pl MECHANISM PASSWORD.
# As "gsasl --server --quiet": says the mechanism and an empty line, then answers each line of Base64 with one; ends where
# the client is not let in.
use strict;
use warnings;
use Authen::SASL::SASLprep qw(saslprep);
use Authen::SCRAM::Server;
use Digest::SHA;
use Encode qw(decode encode);
use MIME::Base64;
use PBKDF2::Tiny qw(derive);

my ($mechanism, $password) = @ARGV;
my ($bits) = $mechanism =~ /^SCRAM-SHA-(\d+)$/ or die "no mechanism: $mechanism\n";
my $digest = "SHA-$bits";
my ($salt, $iterations) = ("\x00salt\xff of 16 by", 4096);
my $hmac = { 1 => \&Digest::SHA::hmac_sha1, 256 => \&Digest::SHA::hmac_sha256, 384 => \&Digest::SHA::hmac_sha384, 512 => \&Digest::SHA::hmac_sha512 }->{$bits};

# RFC 5802 section 3.
my $salted = derive($digest, encode('UTF-8', saslprep(decode('UTF-8', $password))), $salt, $iterations);
my $stored = Digest::SHA->new($bits)->add($hmac->('Client Key', $salted))->digest;
my $server = Authen::SCRAM::Server->new(digest => $digest, credential_cb => sub { ($salt, $stored, $hmac->('Server Key', $salted), $iterations) });

$| = 1;
print "$mechanism\n\n";
for my $answer (sub { $server->first_msg(shift) }, sub { $server->final_msg(shift) }) {
    my $line = <STDIN> // exit 1;
    my $made = eval { $answer->(decode('UTF-8', decode_base64($line))) };
    if (!defined $made) { warn $@; exit 1 }
    print encode_base64(encode('UTF-8', $made), ''), "\n";
}
