from scorer import assets, fingerprint


def test_of_files_any_change_of_content_or_name_changes_it_and_compiled_files_do_not(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_text("x = 1")
    seen = [fingerprint.of_files(tmp_path)]
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert fingerprint.of_files(tmp_path) == seen[0]
    (tmp_path / "sub" / "a.py").write_text("x = 2")
    seen.append(fingerprint.of_files(tmp_path))
    (tmp_path / "sub" / "a.py").rename(tmp_path / "sub" / "b.py")
    seen.append(fingerprint.of_files(tmp_path))
    (tmp_path / "c.py").write_text("")
    seen.append(fingerprint.of_files(tmp_path))
    assert len(set(seen)) == len(seen)


def test_environment_changes_with_code_and_models(monkeypatch, seal):
    seen = [fingerprint.environment()]
    seal("calibration.json", assets.read("calibration.json") + b"\n")
    seen.append(fingerprint.environment())
    monkeypatch.setattr(fingerprint, "code", lambda: "other")
    seen.append(fingerprint.environment())
    assert len(set(seen)) == len(seen)


def test_versions_a_missing_distribution_is_a_version_too():
    assert fingerprint._versions(["no-such-distribution"]) == ["no-such-distribution is not installed"]
